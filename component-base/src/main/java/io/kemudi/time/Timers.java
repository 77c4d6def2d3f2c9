package io.kemudi.time;

import java.time.Duration;
import java.time.InstantSource;

/// A clock together with the means to be woken by it. The one place where the passing of time
/// enters the system: [SystemTimers] in a process, [ManualTime] in tests and simulations.
///
/// Wall time ([#instant]) is for stamps that people and other programs read; order and delays come
/// from [#nanoTime], which never goes back.
public interface Timers extends InstantSource {
  /// Monotonic nanoseconds with an arbitrary origin, as [System#nanoTime].
  long nanoTime();

  /// Runs `task` once after `delay` (at once when it is zero or negative), on a thread of the
  /// implementation's. The task must be short and must not block; what it throws is logged.
  Timer schedule(Duration delay, Runnable task);

  /// Blocks the calling thread for `delay`.
  void sleep(Duration delay) throws InterruptedException;

  /// One scheduled task.
  interface Timer {
    /// Prevents the task from running if it has not begun. Idempotent.
    void cancel();
  }
}
