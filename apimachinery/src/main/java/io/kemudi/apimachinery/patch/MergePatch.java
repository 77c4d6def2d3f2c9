package io.kemudi.apimachinery.patch;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON merge patch (RFC 7386): objects are merged key by key, null removes, all else replaces.
public final class MergePatch {
  private MergePatch() {}

  /// The patched tree; neither argument is changed.
  ///
  /// @throws ApiException BadRequest when the patch is not an object
  public static Map<String, @Nullable Object> apply(
      Map<String, @Nullable Object> tree, @Nullable Object patch) {
    if (patch == null) {
      throw ApiException.badRequest("Invalid JSON Patch");
    }
    Map<String, @Nullable Object> changes = Trees.objectOrNull(patch);
    if (changes == null) {
      throw ApiException.badRequest(
          "error decoding patch: got " + Trees.typeName(patch) + ", want a JSON object");
    }
    Map<String, @Nullable Object> result = Trees.copyObject(tree);
    merge(result, changes);
    return result;
  }

  private static void merge(
      Map<String, @Nullable Object> into, Map<String, @Nullable Object> patch) {
    patch.forEach((key, value) -> {
      Map<String, @Nullable Object> changes = Trees.objectOrNull(value);
      if (value == null) {
        into.remove(key);
      } else if (changes == null) {
        into.put(key, Trees.copy(value));
      } else {
        Map<String, @Nullable Object> known = Trees.objectOrNull(into.get(key));
        if (known == null) {
          known = new LinkedHashMap<>();
          into.put(key, known);
        }
        merge(known, changes);
      }
    });
  }
}
