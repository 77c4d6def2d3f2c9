package io.kemudi.client.informer;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The objects of one informer by key and by the values of its index functions. One thread writes,
/// any may read; a read that gives several objects is of one moment.
///
/// Namespaces are an index like any other, always there.
final class ObjectIndex<T extends Message> implements Lister<T> {
  private static final String BY_NAMESPACE = "";

  private final ResourceType<T> type;
  private final Map<String, Function<T, List<String>>> functions = new LinkedHashMap<>();
  // Guarded by `this`.
  private final Map<ObjectKey, T> objects = new HashMap<>();
  // index -> value -> the objects that have it
  private final Map<String, Map<String, Map<ObjectKey, T>>> indexes = new HashMap<>();
  private @Nullable List<T> all; // the answer to list() while nothing changes

  ObjectIndex(ResourceType<T> type) {
    this.type = type;
    addIndex(BY_NAMESPACE, object -> List.of(type.namespace(object)));
  }

  /// Adds an index; what is already here is indexed too.
  synchronized void addIndex(String index, Function<T, List<String>> values) {
    if (functions.putIfAbsent(index, values) != null) {
      return;
    }
    indexes.put(index, new HashMap<>());
    objects.forEach((key, object) -> enter(index, values, key, object));
  }

  /// Puts `object` and gives what stood in its place.
  synchronized @Nullable T put(T object) {
    ObjectKey key = type.key(object);
    T before = objects.put(key, object);
    if (before != null) {
      leaveAll(key, before);
    }
    functions.forEach((index, values) -> enter(index, values, key, object));
    all = null;
    return before;
  }

  synchronized @Nullable T remove(ObjectKey key) {
    T before = objects.remove(key);
    if (before != null) {
      leaveAll(key, before);
      all = null;
    }
    return before;
  }

  private void enter(String index, Function<T, List<String>> values, ObjectKey key, T object) {
    for (String value : values.apply(object)) {
      indexOf(index).computeIfAbsent(value, _ -> new HashMap<>()).put(key, object);
    }
  }

  private void leaveAll(ObjectKey key, T object) {
    functions.forEach((index, values) -> {
      for (String value : values.apply(object)) {
        leave(indexOf(index), value, key);
      }
    });
  }

  private static <T> void leave(Map<String, Map<ObjectKey, T>> index, String value, ObjectKey key) {
    Map<ObjectKey, T> having = index.get(value);
    if (having != null) {
      having.remove(key);
      if (having.isEmpty()) {
        index.remove(value);
      }
    }
  }

  private Map<String, Map<ObjectKey, T>> indexOf(String index) {
    Map<String, Map<ObjectKey, T>> found = indexes.get(index);
    if (found == null) {
      throw new IllegalArgumentException("no index \"" + index + "\" on " + type);
    }
    return found;
  }

  @Override
  public synchronized @Nullable T get(ObjectKey key) {
    return objects.get(key);
  }

  @Override
  public synchronized List<T> list() {
    List<T> current = all;
    if (current == null) {
      current = List.copyOf(objects.values());
      all = current;
    }
    return current;
  }

  @Override
  public List<T> list(String namespace) {
    return namespace.isEmpty() ? list() : byIndex(BY_NAMESPACE, namespace);
  }

  @Override
  public synchronized List<T> byIndex(String index, String value) {
    Map<ObjectKey, T> having = indexOf(index).get(value);
    return having == null ? List.of() : List.copyOf(having.values());
  }

  synchronized Collection<ObjectKey> keys() {
    return new ArrayList<>(objects.keySet());
  }
}
