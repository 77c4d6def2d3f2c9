package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.WritePath.Write;
import io.kemudi.apiserver.storage.ObjectStorage.Change;
import io.kemudi.apiserver.storage.ObjectStorage.Changed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes that change what all writes of their namespace change, such as a quota. On one server
/// they take turns: side by side all but one of them would lose each compare-and-set, and with many
/// of them some would lose for ever. Against other servers the compare-and-set decides.
final class ChargedWrites {
  /// Namespaces share locks by their hash, which costs a little waiting and bounds the number.
  private static final int LOCKS = 64;

  private static final long WAIT_SECONDS = 20;

  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  ChargedWrites() {
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock(true);
    }
  }

  /// @throws ApiException 504 when others did not come to an end in time
  Changed change(Write write, Function<@Nullable StoredObject, Change> change) {
    if (write.context().transaction() != null) {
      return write.change(change); // is only gathered here
    }
    ReentrantLock lock = locks[Math.floorMod(write.target().namespace().hashCode(), LOCKS)];
    try {
      if (!lock.tryLock(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new ApiException(
            StatusReason.SERVER_TIMEOUT,
            "giving up: others write under the quotas of namespace "
                + write.target().namespace()
                + " all the time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(StatusReason.SERVER_TIMEOUT, "the write was interrupted");
    }
    try {
      return write.change(change);
    } finally {
      lock.unlock();
    }
  }
}
