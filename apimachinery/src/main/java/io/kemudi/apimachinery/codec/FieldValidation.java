package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.MessageType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `fieldValidation=Strict` refuses and `Warn` warns of, in upstream's words.
public final class FieldValidation {
  private FieldValidation() {}

  /// `duplicate field "metadata.name"`, `unknown field "spec.foo"`: one line each, to be sent as
  /// warnings or joined by [#strictError(List)]. A known name that is near an unknown one follows
  /// it, which upstream does not say: `unknown field "spec.replica" (did you mean "replicas"?)`.
  public static List<String> problems(MessageType type, Json.Parsed parsed) {
    var problems = new ArrayList<>(parsed.duplicates());
    problems.addAll(unknownFields(type, Trees.object(parsed.value(), type.simpleName()), false));
    return problems;
  }

  /// As [#problems(MessageType, Json.Parsed)], of a tree whose text is gone.
  ///
  /// @param outerFirst each object's own before those further in, as upstream tells them of trees
  ///   that a strategic patch made; otherwise in the order of the tree
  public static List<String> unknownFields(
      MessageType type, Map<String, @Nullable Object> tree, boolean outerFirst) {
    return UnknownFields.of(type, tree, outerFirst).stream()
        .map(found -> "unknown field \"" + found.path() + "\"" + proposal(found.nearest()))
        .toList();
  }

  private static String proposal(@Nullable String nearest) {
    return nearest == null ? "" : " (did you mean \"" + nearest + "\"?)";
  }

  /// `strict decoding error: unknown field "spec.foo", unknown field "spec.bar"`.
  public static String strictError(List<String> problems) {
    return "strict decoding error: " + String.join(", ", problems);
  }
}
