package io.kemudi.apimachinery.kinds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The `resize` subresource: of all that a client sends, only the resources of containers count.
final class PodResize {
  private PodResize() {}

  static void keepAllButResources(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    Map<String, @Nullable Object> asked = Tree.made(tree, "spec");
    Map<String, @Nullable Object> oldSpec = Tree.map(old, "spec");
    Map<String, @Nullable Object> spec = new LinkedHashMap<>(oldSpec == null ? Map.of() : oldSpec);
    for (String list : List.of("containers", "initContainers")) {
      List<Map<String, @Nullable Object>> resized =
          resized(Tree.maps(asked, list), Tree.maps(spec, list));
      if (!resized.isEmpty()) {
        spec.put(list, resized);
      }
    }
    Tree.copy(asked, spec, "resources");
    tree.put("spec", spec);
    Map<String, @Nullable Object> oldMetadata = Tree.map(old, "metadata");
    if (oldMetadata != null) {
      for (String field : List.of("labels", "annotations", "ownerReferences", "finalizers")) {
        Tree.copy(oldMetadata, Tree.made(tree, "metadata"), field);
      }
    }
  }

  private static List<Map<String, @Nullable Object>> resized(
      List<Map<String, @Nullable Object>> asked, List<Map<String, @Nullable Object>> old) {
    List<Map<String, @Nullable Object>> result = new ArrayList<>();
    for (Map<String, @Nullable Object> container : old) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>(container);
      for (Map<String, @Nullable Object> other : asked) {
        if (Tree.text(other, "name").equals(Tree.text(container, "name"))) {
          Tree.copy(other, copy, "resources");
          Tree.copy(other, copy, "resizePolicy");
        }
      }
      result.add(copy);
    }
    return result;
  }
}
