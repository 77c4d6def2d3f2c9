package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;

/// What the readers and writers share about [io.kemudi.apimachinery.schema.SpecialForm]s.
final class SpecialForms {
  private SpecialForms() {}

  /// The schema type inside JSONSchemaPropsOrBool and its like.
  static MessageType schemaOf(MessageType choice) {
    String name = choice.name();
    return Schema.message(name.substring(0, name.lastIndexOf("Or")));
  }
}
