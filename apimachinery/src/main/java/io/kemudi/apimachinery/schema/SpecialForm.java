package io.kemudi.apimachinery.schema;

/// How a message looks in JSON when it is not an object with the message's fields. Upstream's types
/// have hand-written JSON forms for these; everything else is `OBJECT`.
public enum SpecialForm {
  OBJECT,
  /// `meta.v1.Time`: RFC 3339 with whole seconds, null when zero.
  TIME,
  /// `meta.v1.MicroTime`: RFC 3339 with six digits, null when zero.
  MICRO_TIME,
  /// `quantity.Quantity`: a string such as `250m`.
  QUANTITY,
  /// `intstr.IntOrString`: a number or a string.
  INT_OR_STRING,
  /// Raw JSON text in field 1: FieldsV1, RawExtension, apiextensions' JSON.
  RAW_JSON,
  /// A list of strings in field 1: Verbs, ExtraValue.
  STRING_LIST,
  /// JSONSchemaPropsOrBool: a schema object, or a boolean.
  SCHEMA_OR_BOOL,
  /// JSONSchemaPropsOrArray: a schema object, or an array of them.
  SCHEMA_OR_ARRAY,
  /// JSONSchemaPropsOrStringArray: a schema object, or an array of strings.
  SCHEMA_OR_STRING_ARRAY;

  static SpecialForm of(String messageName) {
    return switch (messageName) {
      case "meta.v1.Time" -> TIME;
      case "meta.v1.MicroTime" -> MICRO_TIME;
      case "quantity.Quantity", "quantity.QuantityValue" -> QUANTITY;
      case "intstr.IntOrString" -> INT_OR_STRING;
      case "meta.v1.FieldsV1", "runtime.RawExtension", "apiextensions.v1.JSON" -> RAW_JSON;
      case "meta.v1.Verbs",
          "authentication.v1.ExtraValue",
          "authorization.v1.ExtraValue",
          "certificates.v1.ExtraValue" ->
          STRING_LIST;
      case "apiextensions.v1.JSONSchemaPropsOrBool" -> SCHEMA_OR_BOOL;
      case "apiextensions.v1.JSONSchemaPropsOrArray" -> SCHEMA_OR_ARRAY;
      case "apiextensions.v1.JSONSchemaPropsOrStringArray" -> SCHEMA_OR_STRING_ARRAY;
      default -> OBJECT;
    };
  }
}
