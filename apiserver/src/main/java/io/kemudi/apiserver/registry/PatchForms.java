package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.FieldValidation;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.patch.GoFormat;
import io.kemudi.apimachinery.patch.JsonPatch;
import io.kemudi.apimachinery.patch.MergePatch;
import io.kemudi.apimachinery.patch.StrategicMergePatch;
import io.kemudi.apimachinery.schema.MessageType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Applies the patches that say what to change (all but [Patch.Type#APPLY]) to a tree.
final class PatchForms {
  private PatchForms() {}

  /// The patched tree, with known fields of the right types only.
  ///
  /// @throws ApiException 400 for a patch that is none, 422 for one whose result is no object of
  ///   the form, or has fields it does not know and `fieldValidation` is strict
  static Map<String, @Nullable Object> apply(
      RequestContext context,
      Map<String, @Nullable Object> tree,
      ObjectForm form,
      MessageType type,
      Patch patch,
      String fieldValidation) {
    boolean strategic = patch.type() == Patch.Type.STRATEGIC;
    if (strategic && form.isCustom()) {
      throw new ApiException(
          StatusReason.UNSUPPORTED_MEDIA_TYPE,
          "the body of the request was in an unknown format - accepted media types include:"
              + " application/json-patch+json, application/merge-patch+json,"
              + " application/apply-patch+yaml");
    }
    boolean json = patch.type() == Patch.Type.JSON;
    Json.Parsed parsed = parsed(patch, strategic ? "" : "error decoding patch: ");
    List<String> problems = new ArrayList<>(json ? List.of() : parsed.duplicates());
    if (json) {
      problems.addAll(JsonPatch.problems(parsed.value()));
    }
    Map<String, @Nullable Object> object = patched(tree, type, patch, parsed.value());
    object.putIfAbsent("kind", form.kind());
    object.putIfAbsent("apiVersion", form.apiVersion());
    // What is shown of a refused patch: of a strategic one itself, of others their result.
    String shown = strategic ? GoFormat.of(parsed.value()) : "";
    checkKind(form, object, shown);
    Map<String, @Nullable Object> typed;
    try {
      typed = BodyDecoder.fitted(form, type, object);
    } catch (CodecException e) {
      String why = strategic ? e.restoring() : String.valueOf(e.getMessage());
      throw cannotBeUsed(object, shown, why);
    }
    problems.addAll(FieldValidation.unknownFields(type, object, strategic));
    BodyDecoder.prune(form, typed).forEach(path -> problems.add("unknown field \"" + path + "\""));
    tell(context, problems, fieldValidation, object, shown);
    return typed;
  }

  private static Map<String, @Nullable Object> patched(
      Map<String, @Nullable Object> tree, MessageType type, Patch patch, @Nullable Object value) {
    return switch (patch.type()) {
      case MERGE -> MergePatch.apply(tree, value);
      case STRATEGIC -> StrategicMergePatch.apply(type, tree, value);
      case JSON -> JsonPatch.apply(tree, value);
      case APPLY -> throw new IllegalArgumentException("an apply is no patch of this kind");
    };
  }

  private static Json.Parsed parsed(Patch patch, String prefix) {
    try {
      return Json.parseStrict(patch.body());
    } catch (CodecException e) {
      throw ApiException.badRequest(prefix + e.getMessage());
    }
  }

  private static void tell(
      RequestContext context,
      List<String> problems,
      String fieldValidation,
      Map<String, @Nullable Object> object,
      String shown) {
    if (problems.isEmpty() || fieldValidation.equals("Ignore")) {
      return;
    }
    if (fieldValidation.equals("Strict")) {
      throw cannotBeUsed(object, shown, FieldValidation.strictError(problems));
    }
    problems.forEach(context::warn);
  }

  private static void checkKind(
      ObjectForm form, Map<String, @Nullable Object> object, String shown) {
    String problem =
        BodyKinds.problem(
            form, String.valueOf(object.get("apiVersion")), String.valueOf(object.get("kind")));
    if (problem != null) {
      throw cannotBeUsed(object, shown, problem);
    }
  }

  private static ApiException cannotBeUsed(
      Map<String, @Nullable Object> object, String shown, String why) {
    String text = shown.isEmpty() ? new String(Json.write(object), StandardCharsets.UTF_8) : shown;
    String quoted = new String(Json.write(text), StandardCharsets.UTF_8);
    String message = "Invalid value: " + quoted + ": " + why;
    return ApiException.invalid(
        "",
        "",
        "",
        " \"\" is invalid: patch: " + message,
        List.of(new StatusCause("FieldValueInvalid", message, "patch")));
  }
}
