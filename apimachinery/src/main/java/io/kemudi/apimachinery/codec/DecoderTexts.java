package io.kemudi.apimachinery.codec;

import org.jspecify.annotations.Nullable;

/// What upstream's decoder says of a text that is no object, which clients of upstream know.
public final class DecoderTexts {
  private DecoderTexts() {}

  /// Where any object was wanted.
  public static String noObject(@Nullable Object value) {
    return "couldn't get version/kind; json parse error: json: cannot unmarshal "
        + Trees.typeName(value)
        + " into Go value of type struct { APIVersion string"
        + " \"json:\\\"apiVersion,omitempty\\\"\"; Kind string"
        + " \"json:\\\"kind,omitempty\\\"\" }";
  }

  /// Where a patch was wanted that is an object.
  public static String noPatch(@Nullable Object value) {
    return "json: cannot unmarshal "
        + Trees.typeName(value)
        + " into Go value of type map[string]interface {}";
  }
}
