package io.kemudi.store;

import org.jspecify.annotations.Nullable;

/// Why a store did not do what it was asked. The message is one sentence fit for a user.
public sealed class StoreException extends RuntimeException {
  private StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// The revision asked for is older than what is kept.
  public static final class Compacted extends StoreException {
    private final long compactRevision;

    public Compacted(long requested, long compactRevision) {
      super(
          "revision "
              + requested
              + " is compacted"
              + (compactRevision == 0 ? "" : ", history begins at " + compactRevision),
          null);
      this.compactRevision = compactRevision;
    }

    /// The oldest revision that can still be read, 0 when the store does not tell.
    public long compactRevision() {
      return compactRevision;
    }
  }

  public static final class FutureRevision extends StoreException {
    private final long currentRevision;

    public FutureRevision(long requested, long currentRevision) {
      super("revision " + requested + " is in the future, now is " + currentRevision, null);
      this.currentRevision = currentRevision;
    }

    public long currentRevision() {
      return currentRevision;
    }
  }

  public static final class TooLarge extends StoreException {
    public TooLarge(String message) {
      super(message, null);
    }
  }

  public static final class LeaseNotFound extends StoreException {
    public LeaseNotFound(long lease) {
      super("lease " + Long.toHexString(lease) + " does not exist", null);
    }
  }

  public static final class SlowWatcher extends StoreException {
    public SlowWatcher(String message) {
      super(message, null);
    }
  }

  /// Not reachable, too slow, out of space or closed. The outcome of a transaction is unknown.
  public static final class Unavailable extends StoreException {
    public Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// The data on disk cannot be used: corrupt, or of a newer format.
  public static final class Unusable extends StoreException {
    public Unusable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
