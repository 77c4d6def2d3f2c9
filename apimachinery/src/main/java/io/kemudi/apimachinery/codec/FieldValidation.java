package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.MessageType;
import java.util.ArrayList;
import java.util.List;

/// What `fieldValidation=Strict` refuses and `Warn` warns of, in upstream's words.
public final class FieldValidation {
  private FieldValidation() {}

  /// `duplicate field "metadata.name"`, `unknown field "spec.foo"`: one line each, to be sent as
  /// warnings or joined by [#strictError(List)].
  public static List<String> problems(MessageType type, Json.Parsed parsed) {
    var problems = new ArrayList<>(parsed.duplicates());
    for (String path :
        UnknownFields.of(type, Trees.object(parsed.value(), type.simpleName()), false)) {
      problems.add("unknown field \"" + path + "\"");
    }
    return problems;
  }

  /// `strict decoding error: unknown field "spec.foo", unknown field "spec.bar"`.
  public static String strictError(List<String> problems) {
    return "strict decoding error: " + String.join(", ", problems);
  }
}
