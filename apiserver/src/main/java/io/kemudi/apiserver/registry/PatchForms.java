package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
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
    Object patched = patched(tree, type, patch);
    Map<String, @Nullable Object> object = Trees.objectOrNull(patched);
    if (object == null) {
      throw ApiException.badRequest("the patch does not leave an object");
    }
    checkKind(form, object);
    try {
      return BodyDecoder.typed(form, type, object);
    } catch (ApiException e) {
      throw cannotBeUsed(object, e);
    }
  }

  private static @Nullable Object patched(
      Map<String, @Nullable Object> tree, MessageType type, Patch patch) {
    try {
      return switch (patch.type()) {
        case MERGE -> merged(tree, Json.parseObject(patch.body()));
        case JSON, STRATEGIC, APPLY ->
            throw new IllegalArgumentException(patch.type() + " is not a patch of this kind");
      };
    } catch (CodecException e) {
      throw ApiException.badRequest("error decoding patch: " + e.getMessage());
    }
  }

  private static Object merged(Object target, Map<String, @Nullable Object> patch) {
    Map<String, @Nullable Object> into = Trees.objectOrNull(target);
    Map<String, @Nullable Object> result = into == null ? new java.util.LinkedHashMap<>() : into;
    patch.forEach((key, value) -> {
      Map<String, @Nullable Object> inner = Trees.objectOrNull(value);
      if (value == null) {
        result.remove(key);
      } else if (inner != null) {
        Object now = result.get(key);
        result.put(key, merged(now == null ? Map.of() : now, inner));
      } else {
        result.put(key, value);
      }
    });
    return result;
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
