package io.kemudi.apiserver.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apiserver.storage.ObjectStorage;
import io.kemudi.apiserver.storage.Selection;
import io.kemudi.store.KeyValue;
import io.kemudi.time.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The [ObjectReader] over the registry's caches.
final class CachedReader implements ObjectReader {
  /// In whose name the server writes what it keeps itself.
  private static final String SERVER = "kube-apiserver";

  private final ResourceEntries entries;
  private final FieldTracker tracker;
  private final Timers timers;

  CachedReader(ResourceEntries entries, FieldTracker tracker, Timers timers) {
    this.entries = entries;
    this.tracker = tracker;
    this.timers = timers;
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
  public Map<String, @Nullable Object> tree(String resource, Message message) {
    ResourceEntry entry = entries.builtIn(resource);
    return ProtobufCodec.decode(
        entry.hubType(), entry.hub().apiVersion(), entry.hub().kind(), message.toByteArray());
  }

  @Override
  public String key(String resource, String namespace, String name) {
    return entries.builtIn(resource).storage().resource().key(namespace, name);
  }

  @Override
  public <T extends Message> T message(
      String resource, String key, byte[] value, Parser<T> parser) {
    try {
      StoredObject object =
          entries.builtIn(resource).storage().resource().read(new KeyValue(key, value, 0, 0, 0, 0));
      return parser.parseFrom(object.bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an unreadable value of " + key, e);
    }
  }

  @Override
  public ObjectForms forms() {
    return new AdmittedForms(entries);
  }

  @Override
  public void catchUp(String resource) {
    entries.builtIn(resource).storage().awaitLatest();
  }

  @Override
  public Stored storedStatus(
      String resource,
      String namespace,
      String name,
      Map<String, @Nullable Object> tree,
      Map<String, @Nullable Object> old) {
    ResourceEntry entry = entries.builtIn(resource);
    tracker.updated(
        tree,
        old,
        new FieldTracker.Writer(
            SERVER,
            entry.hub(),
            entry.hubType(),
            "status",
            timers.instant(),
            ResetFields.of(entry.row(), "status"),
            entry.versions()));
    Meta.set(tree, "resourceVersion", null);
    return stored(resource, namespace, name, tree);
  }

  @Override
  public Stored stored(
      String resource, String namespace, String name, Map<String, @Nullable Object> tree) {
    ResourceEntry entry = entries.builtIn(resource);
    String key = entry.storage().resource().key(namespace, name);
    return new Stored(key, entry.storage().resource().write(key, WritePath.encode(entry, tree)));
  }
}
