package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.StoredObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Classes that an annotation marks as those to use where none is named.
final class DefaultClasses {
  private DefaultClasses() {}

  /// The marked objects of a resource, the newest first, of equally new ones by name.
  static List<Map<String, @Nullable Object>> marked(
      ObjectReader objects, String resource, String... annotations) {
    List<Map<String, @Nullable Object>> marked = new ArrayList<>();
    for (StoredObject object : objects.all(resource)) {
      Map<String, @Nullable Object> tree = objects.tree(resource, object);
      for (String annotation : annotations) {
        if ("true".equals(Trees.at(tree, "metadata", "annotations", annotation))) {
          marked.add(tree);
          break;
        }
      }
    }
    // Times are written so that their order is that of their text.
    marked.sort(
        Comparator.comparing(
                (Map<String, @Nullable Object> tree) -> Meta.text(tree, "creationTimestamp"))
            .reversed()
            .thenComparing(Meta::name));
    return marked;
  }
}
