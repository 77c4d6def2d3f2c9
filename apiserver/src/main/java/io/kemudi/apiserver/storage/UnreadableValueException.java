package io.kemudi.apiserver.storage;

/// A stored value is encrypted and cannot be decrypted here: the key is missing or is another one,
/// or the value was tampered with. The message names the resource, the store's key and the
/// encryption key, and never holds a part of either.
public final class UnreadableValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public UnreadableValueException(String message) {
    super(message);
  }
}
