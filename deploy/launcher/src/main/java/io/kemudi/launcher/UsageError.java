package io.kemudi.launcher;

/// Options that cannot be meant as they stand, whatever the machine's state is.
public final class UsageError extends UserError {
  public UsageError(String message) {
    super(message);
  }
}
