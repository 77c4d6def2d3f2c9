package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.FieldValidation;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.patch.JsonPatch;
import io.kemudi.apimachinery.patch.MergePatch;
import io.kemudi.apimachinery.patch.StrategicMergePatch;
import io.kemudi.apimachinery.schema.MessageType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Applies the patches that say what to change (all but [Patch.Type#APPLY]) to a tree.
final class PatchForms {
  private PatchForms() {}

  /// The patched tree, with known fields of the right types only.
  static Map<String, @Nullable Object> apply(
      RequestContext context,
      Map<String, @Nullable Object> tree,
      ObjectForm form,
      MessageType type,
      Patch patch,
      String fieldValidation) {
    Map<String, @Nullable Object> object = patched(context, tree, type, patch, fieldValidation);
    object.putIfAbsent("kind", form.kind());
    object.putIfAbsent("apiVersion", form.apiVersion());
    checkKind(form, object);
    tell(context, unknownFields(type, object), fieldValidation);
    try {
      return BodyDecoder.typed(form, type, object);
    } catch (ApiException e) {
      throw cannotBeUsed(object, e);
    }
  }

  private static List<String> unknownFields(
      MessageType type, Map<String, @Nullable Object> object) {
    return ProtobufCodec.unknownFields(type, object).stream()
        .map(path -> "unknown field \"" + path + "\"")
        .toList();
  }

  private static Map<String, @Nullable Object> patched(
      RequestContext context,
      Map<String, @Nullable Object> tree,
      MessageType type,
      Patch patch,
      String fieldValidation) {
    return switch (patch.type()) {
      case MERGE -> MergePatch.apply(tree, parsed(patch, "error decoding patch: "));
      case STRATEGIC -> StrategicMergePatch.apply(type, tree, parsed(patch, ""));
      case JSON -> {
        Object operations = parsed(patch, "error decoding patch: ");
        tell(context, JsonPatch.problems(operations), fieldValidation);
        yield JsonPatch.apply(tree, operations);
      }
      case APPLY -> throw new IllegalArgumentException("an apply is no patch of this kind");
    };
  }

  private static @Nullable Object parsed(Patch patch, String prefix) {
    try {
      return Json.parse(patch.body());
    } catch (CodecException e) {
      throw ApiException.badRequest(prefix + e.getMessage());
    }
  }

  private static void tell(RequestContext context, List<String> problems, String fieldValidation) {
    if (problems.isEmpty() || fieldValidation.equals("Ignore")) {
      return;
    }
    if (fieldValidation.equals("Strict")) {
      throw ApiException.badRequest(FieldValidation.strictError(problems));
    }
    problems.forEach(context::warn);
  }

  private static void checkKind(ObjectForm form, Map<String, @Nullable Object> object) {
    if (!form.kind().equals(object.get("kind"))
        || !form.apiVersion().equals(object.get("apiVersion"))) {
      throw cannotBeUsed(
          object,
          ApiException.badRequest(
              "the patched object is a "
                  + object.get("apiVersion")
                  + " "
                  + object.get("kind")
                  + ", not a "
                  + form.apiVersion()
                  + " "
                  + form.kind()));
    }
  }

  private static ApiException cannotBeUsed(Map<String, @Nullable Object> object, ApiException why) {
    String shown = new String(Json.write(object), StandardCharsets.UTF_8);
    String quoted = new String(Json.write(shown), StandardCharsets.UTF_8);
    String message = "Invalid value: " + quoted + ": " + why.text();
    return ApiException.invalid(
        "",
        "",
        "",
        " \"\" is invalid: patch: " + message,
        List.of(new StatusCause("FieldValueInvalid", message, "patch")));
  }
}
