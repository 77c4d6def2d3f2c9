package io.kemudi.apiserver.storage;

import io.kemudi.apiserver.registry.StoredObject;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which objects of one resource a list or a watch is about. `namespace` and `name` "" are all;
/// `indexed` is the value of the resource's indexed field that they must have (null: any); `filter`
/// is what else must hold (null: nothing).
///
/// What can be found by key or index is not in the filter again. `bySelector` tells whether the
/// client gave any selector: upstream counts the remaining items of a page only without one.
public record Selection(
    String namespace,
    String name,
    @Nullable String indexed,
    @Nullable Predicate<StoredObject> filter,
    boolean bySelector) {
  public static final Selection ALL = new Selection("", "", null, null, false);

  boolean accepts(StoredObject object) {
    return filter == null || filter.test(object);
  }

  boolean isOneObject(boolean namespaced) {
    return !name.isEmpty() && (!namespaced || !namespace.isEmpty());
  }
}
