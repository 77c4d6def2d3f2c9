package io.kemudi.store.sqlite;

import io.kemudi.store.StoreException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Something that waits for the writer. Its answer is handed out only after the commit.
final class Job<T> {
  /// Work inside the writer's open transaction. It throws a [StoreException] only before it has
  /// written anything: the rest of the group goes on without it.
  interface Work<T> {
    T run(WriteSession session) throws SQLException;
  }

  private final Work<T> work;
  private final CompletableFuture<T> done = new CompletableFuture<>();
  private final long sizeBytes;
  private @Nullable T answer;
  private @Nullable StoreException refusal;

  Job(Work<T> work, long sizeBytes) {
    this.work = work;
    this.sizeBytes = sizeBytes;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  CompletableFuture<T> done() {
    return done;
  }

  void run(WriteSession session) throws SQLException {
    try {
      answer = work.run(session);
    } catch (StoreException e) {
      refusal = e;
    }
  }

  @SuppressWarnings("NullAway") // Either the answer or the refusal is set by run.
  void finish() {
    if (refusal != null) {
      done.completeExceptionally(refusal);
    } else {
      done.complete(answer);
    }
  }

  void fail(StoreException e) {
    done.completeExceptionally(e);
  }
}
