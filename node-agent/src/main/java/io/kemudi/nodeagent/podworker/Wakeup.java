package io.kemudi.nodeagent.podworker;

import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A bell for one sleeper: rung by others or by the clock, and remembered until it is heard.
final class Wakeup {
  private final Timers timers;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition rung = lock.newCondition();
  private boolean pending;

  Wakeup(Timers timers) {
    this.timers = timers;
  }

  void ring() {
    lock.lock();
    try {
      pending = true;
      rung.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the bell rings, at most for `limit`.
  void await(Duration limit) throws InterruptedException {
    Timers.Timer timer = timers.schedule(limit, this::ring);
    lock.lock();
    try {
      while (!pending) {
        rung.await();
      }
      pending = false;
    } finally {
      lock.unlock();
      timer.cancel();
    }
  }
}
