package io.kemudi.launcher;

/// A failure that a user can do something about. Its message is all that is printed: what is wrong,
/// where, and what would be right.
public class UserError extends RuntimeException {
  public UserError(String message) {
    super(message, null, false, false);
  }
}
