package io.kemudi.nodeagent.runtime;

/// A runtime could not do what it was asked; the message is the runtime's own.
public final class RuntimeFailure extends RuntimeException {
  private final Kind kind;

  public RuntimeFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public RuntimeFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public boolean is(Kind kind) {
    return this.kind == kind;
  }

  /// What a caller may want to tell apart.
  public enum Kind {
    /// There is no such sandbox, container or image.
    NOT_FOUND,
    /// This runtime, or this version of it, does not have the call.
    UNIMPLEMENTED,
    /// Nobody answers at the endpoint; later somebody may.
    UNAVAILABLE,
    /// The time limit passed; the runtime may still be at it.
    TIMED_OUT,
    /// Anything else: read the message.
    FAILED
  }
}
