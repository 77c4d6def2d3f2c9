package io.kemudi.apimachinery.codec;

/// Text or bytes that are not what they should be. The message names the place and what was wanted;
/// it is fit to be shown to the client that sent them.
public final class CodecException extends RuntimeException {
  public CodecException(String message) {
    super(message, null, false, false);
  }
}
