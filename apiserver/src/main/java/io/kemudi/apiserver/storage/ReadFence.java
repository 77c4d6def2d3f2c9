package io.kemudi.apiserver.storage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Asks the store for its latest revision on behalf of many readers at once. A reader shares an
/// answer only if the question was put after the reader arrived: an older one might not know of a
/// write that the reader has seen acknowledged.
final class ReadFence {
  private final LongSupplier latest;
  private final Object lock = new Object();
  private @Nullable CompletableFuture<Long> next;
  private boolean asking;

  ReadFence(LongSupplier latest) {
    this.latest = latest;
  }

  /// A revision that is at least as new as any write acknowledged before this call. Blocks.
  long revision() {
    CompletableFuture<Long> mine;
    boolean lead;
    synchronized (lock) {
      if (next == null) {
        next = new CompletableFuture<>();
      }
      mine = next;
      lead = !asking;
      asking = true;
    }
    if (lead) {
      lead(mine);
    }
    try {
      return mine.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /// Asks for those who wait, until nobody does. Who comes while the question is out waits for the
  /// next one, which is asked by a thread of its own so that the leader is not kept for ever.
  private void lead(CompletableFuture<Long> first) {
    ask(first);
    CompletableFuture<Long> waiting;
    synchronized (lock) {
      waiting = next;
      asking = waiting != null;
    }
    if (waiting != null) {
      CompletableFuture<Long> successor = waiting;
      Thread.ofVirtual().name("read-fence").start(() -> lead(successor));
    }
  }

  private void ask(CompletableFuture<Long> readers) {
    synchronized (lock) {
      if (next == readers) {
        next = null;
      }
    }
    try {
      readers.complete(latest.getAsLong());
    } catch (RuntimeException e) {
      readers.completeExceptionally(e);
    }
  }
}
