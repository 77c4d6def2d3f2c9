package io.kemudi.apimachinery.codec;

/// Text or bytes that are not what they should be. The message names the place and what was wanted;
/// it is fit to be shown to the client that sent them.
public final class CodecException extends RuntimeException {
  private final String restoring;

  public CodecException(String message) {
    this(message, message);
  }

  /// @param restoring the same in the words of [#restoring()]
  CodecException(String message, String restoring) {
    super(message, null, false, false);
    this.restoring = restoring;
  }

  /// The message as upstream tells it of a tree that it has at hand, such as a patched object, and
  /// not of text.
  public String restoring() {
    return restoring;
  }
}
