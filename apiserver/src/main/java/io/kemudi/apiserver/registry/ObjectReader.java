package io.kemudi.apiserver.registry;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Other objects, as admission and allocation look at them: trees of the stored version, in the
/// caller's hands. Resources are named as `pods` or `priorityclasses.scheduling.k8s.io`.
public interface ObjectReader {
  /// What the cache holds, which may be behind; null when there is nothing.
  @Nullable Map<String, @Nullable Object> cached(String resource, String namespace, String name);

  /// The latest truth.
  @Nullable Map<String, @Nullable Object> latest(String resource, String namespace, String name);

  /// What the cache holds of a whole resource.
  List<StoredObject> all(String resource);

  /// What the cache holds of a resource in one namespace, as messages of the stored version, in the
  /// order of their names.
  <T extends Message> List<T> in(String resource, String namespace, Parser<T> parser);

  Map<String, @Nullable Object> tree(String resource, StoredObject object);

  Map<String, @Nullable Object> tree(String resource, Message message);

  /// The key under which an object is stored, and the message in a value stored under a key.
  String key(String resource, String namespace, String name);

  <T extends Message> T message(String resource, String key, byte[] value, Parser<T> parser);

  /// The resources in all their versions, and how objects look in them.
  ObjectForms forms();

  /// Waits until the caches show all that any server has written so far.
  void catchUp(String resource);

  /// As [#stored], for a new status that the server itself writes: its fields are the server's from
  /// then on. `tree` is changed.
  Stored storedStatus(
      String resource,
      String namespace,
      String name,
      Map<String, @Nullable Object> tree,
      Map<String, @Nullable Object> old);

  /// Key and value of an object as it would be stored, for a transaction that writes it beside
  /// another.
  Stored stored(String resource, String namespace, String name, Map<String, @Nullable Object> tree);

  record Stored(String key, byte[] value) {}
}
