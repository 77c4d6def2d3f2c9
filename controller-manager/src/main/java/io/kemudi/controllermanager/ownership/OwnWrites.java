package io.kemudi.controllermanager.ownership;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Remembers, per key, the newest revision that a controller wrote for it, so that the next
/// reconciliation waits until the local copy has caught up: a controller that acts on a copy older
/// than its own writes makes the same pods twice.
///
/// Revisions are compared as numbers, which Kubernetes promises since 1.35 (KEP-5504). Thread-safe;
/// holds one entry a key until [#forget].
public final class OwnWrites<K> {
  private final Map<K, Long> written = new ConcurrentHashMap<>();

  /// Notes a write. A revision that the server did not tell ("") is not noted.
  public void wrote(K key, String resourceVersion) {
    if (!resourceVersion.isEmpty()) {
      written.merge(key, Long.parseLong(resourceVersion), Math::max);
    }
  }

  /// Whether a copy that is true up to `resourceVersion` shows everything written for `key`.
  public boolean shownAt(K key, String resourceVersion) {
    Long newest = written.get(key);
    if (newest == null) {
      return true;
    }
    if (resourceVersion.isEmpty() || Long.parseLong(resourceVersion) < newest) {
      return false;
    }
    written.remove(key, newest);
    return true;
  }

  public void forget(K key) {
    written.remove(key);
  }
}
