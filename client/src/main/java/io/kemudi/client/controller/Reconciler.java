package io.kemudi.client.controller;

import java.time.Duration;

/// Makes the world match what the key's object asks for. Level-based: it knows no event, reads
/// listers, and may run twice; it never acts behind its own writes.
@FunctionalInterface
public interface Reconciler<K> {
  /// A throw means: try again with back-off.
  Result reconcile(K key) throws Exception;

  /// What to do with the key next.
  sealed interface Result {
    Result DONE = new Done();

    record Done() implements Result {}

    /// Look again after a while, whatever happens in between.
    record After(Duration delay) implements Result {}

    static Result after(Duration delay) {
      return new After(delay);
    }
  }
}
