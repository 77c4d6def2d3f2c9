package io.kemudi.client.controller;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Keys that need work. Each key is handed out to one worker at a time and stands at most once in
/// the line; one added while it is being worked on is handed out again afterwards.
///
/// Thread-safe.
public interface WorkQueue<K> {
  void add(K key);

  void addAfter(K key, Duration delay);

  /// Adds the key after its back-off, which doubles with each call (5 ms to 1,000 s as upstream's
  /// default) until [#forget].
  void addRateLimited(K key);

  void forget(K key);

  /// The next key, waiting for one; null when the queue is shut down and drained.
  @Nullable K take() throws InterruptedException;

  /// The next key, or null when there is none now.
  @Nullable K poll();

  /// The work on a key that was taken has ended.
  void done(K key);

  int depth();

  /// Takes no more keys; [#take] hands out those in line, then null.
  void shutDown();
}
