package io.kemudi.apimachinery.patch;

import io.kemudi.apimachinery.codec.DecoderTexts;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// JSON merge patch (RFC 7386): objects are merged key by key, null removes, all else replaces.
public final class MergePatch {
  private MergePatch() {}

  /// The patched tree; neither argument is changed. Objects that are merged have their keys sorted:
  /// a refusal shows the patched object as upstream's library writes it.
  ///
  /// @throws ApiException BadRequest when the patch is not an object
  public static Map<String, @Nullable Object> apply(
      Map<String, @Nullable Object> tree, @Nullable Object patch) {
    if (patch == null) {
      throw ApiException.badRequest("Invalid JSON Patch");
    }
    Map<String, @Nullable Object> changes = Trees.objectOrNull(patch);
    if (changes == null) {
      throw ApiException.badRequest("error decoding patch: " + DecoderTexts.noPatch(patch));
    }
    Map<String, @Nullable Object> result = new TreeMap<>(Trees.copyObject(tree));
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
        Map<String, @Nullable Object> merged =
            known == null ? new TreeMap<>() : new TreeMap<>(known);
        into.put(key, merged);
        merge(merged, changes);
      }
    });
  }
}
