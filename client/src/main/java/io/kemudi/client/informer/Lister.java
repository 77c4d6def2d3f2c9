package io.kemudi.client.informer;

import io.kemudi.apimachinery.resource.ObjectKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A local copy of a resource. Reads never block; what they answer was true on the server at some
/// moment, and each answer is of one such moment. Thread-safe.
public interface Lister<T> {
  @Nullable T get(ObjectKey key);

  default @Nullable T get(String namespace, String name) {
    return get(ObjectKey.of(namespace, name));
  }

  List<T> list();

  List<T> list(String namespace);

  /// The objects for which the index function `index` (see [Informer#addIndex]) gave `value`.
  List<T> byIndex(String index, String value);
}
