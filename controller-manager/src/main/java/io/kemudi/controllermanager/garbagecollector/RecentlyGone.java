package io.kemudi.controllermanager.garbagecollector;

import java.util.LinkedHashMap;
import java.util.Map;

/// The uids of custom objects that were seen to go, the last [#LIMIT] of them: once their
/// definition is gone too, nobody can be asked for them any more. A uid never comes back.
/// Thread-safe.
final class RecentlyGone {
  private static final int LIMIT = 10_000;

  private final Map<String, Boolean> uids =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > LIMIT;
        }
      };

  synchronized void add(String uid) {
    uids.put(uid, true);
  }

  synchronized boolean contains(String uid) {
    return uids.containsKey(uid);
  }
}
