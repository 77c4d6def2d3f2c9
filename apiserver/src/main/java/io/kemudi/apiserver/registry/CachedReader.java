package io.kemudi.apiserver.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.apiserver.storage.ObjectStorage;
import io.kemudi.apiserver.storage.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The [ObjectReader] over the registry's caches.
final class CachedReader implements ObjectReader {
  private final ResourceEntries entries;

  CachedReader(ResourceEntries entries) {
    this.entries = entries;
  }

  @Override
  public @Nullable Map<String, @Nullable Object> cached(
      String resource, String namespace, String name) {
    ResourceEntry entry = entries.builtIn(resource);
    entry.storage().awaitOwnWrites();
    StoredObject object = entry.storage().cached(namespace, name);
    return object == null ? null : entry.hubTree(object);
  }

  @Override
  public @Nullable Map<String, @Nullable Object> latest(
      String resource, String namespace, String name) {
    ResourceEntry entry = entries.builtIn(resource);
    StoredObject object = entry.storage().latest(namespace, name);
    return object == null ? null : entry.hubTree(object);
  }

  @Override
  public List<StoredObject> all(String resource) {
    List<StoredObject> all = new ArrayList<>();
    ListOptions any = ListOptions.ALL.at("0", "");
    ObjectStorage storage = entries.builtIn(resource).storage();
    storage.awaitOwnWrites();
    storage.lister().list(Selection.ALL, any).forEach(all::add);
    return all;
  }

  @Override
  public <T extends Message> List<T> in(String resource, String namespace, Parser<T> parser) {
    List<T> found = new ArrayList<>();
    Selection selection = new Selection(namespace, "", null, null, false);
    ListOptions any = ListOptions.ALL.at("0", "");
    ObjectStorage storage = entries.builtIn(resource).storage();
    storage.awaitOwnWrites();
    try {
      for (StoredObject object : storage.lister().list(selection, any)) {
        found.add(parser.parseFrom(object.bytes()));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an unreadable object among " + resource, e);
    }
    return found;
  }

  @Override
  public Map<String, @Nullable Object> tree(String resource, StoredObject object) {
    return entries.builtIn(resource).hubTree(object);
  }

  @Override
  public Stored stored(
      String resource, String namespace, String name, Map<String, @Nullable Object> tree) {
    ResourceEntry entry = entries.builtIn(resource);
    String key = entry.storage().resource().key(namespace, name);
    return new Stored(key, entry.storage().resource().write(key, WritePath.encode(entry, tree)));
  }
}
