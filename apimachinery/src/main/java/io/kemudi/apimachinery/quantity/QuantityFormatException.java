package io.kemudi.apimachinery.quantity;

/// A text that is no amount; the message is upstream's.
public final class QuantityFormatException extends IllegalArgumentException {
  static final String WRONG =
      "quantities must match the regular expression"
          + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  static final String SUFFIX = "unable to parse quantity's suffix";
  static final String NUMERIC = "unable to parse numeric part of quantity";

  QuantityFormatException(String message) {
    super(message);
  }
}
