package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which element of a list, as it was, an element of the list as it is continues: in lists with
/// keys the one of the same keys. Elements of other lists continue nothing.
final class Correlation {
  private final List<String> keys;
  private final Map<Object, Object> byKeys = new HashMap<>();

  private Correlation(List<String> keys) {
    this.keys = keys;
  }

  static Correlation of(StructuralSchema schema, @Nullable Object old) {
    boolean keyed = schema.listType().equals("map");
    Correlation correlation = new Correlation(keyed ? schema.listMapKeys() : List.of());
    List<?> list = keyed ? Trees.listOrNull(old) : null;
    if (list != null) {
      for (Object element : list) {
        if (element != null) {
          correlation.byKeys.put(correlation.name(element), element);
        }
      }
    }
    return correlation;
  }

  @Nullable Object element(@Nullable Object now) {
    return now == null || byKeys.isEmpty() ? null : byKeys.get(name(now));
  }

  private List<Object> name(Object element) {
    List<Object> name = new ArrayList<>();
    keys.forEach(key -> name.add(Same.key(Trees.at(element, key))));
    return name;
  }
}
