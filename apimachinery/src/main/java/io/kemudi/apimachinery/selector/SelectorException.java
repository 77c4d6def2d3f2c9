package io.kemudi.apimachinery.selector;

/// A selector that cannot be read; the message is upstream's, for a 400.
public final class SelectorException extends IllegalArgumentException {
  SelectorException(String message) {
    super(message);
  }
}
