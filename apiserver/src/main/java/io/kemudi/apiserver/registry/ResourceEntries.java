package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.apply.ServedVersions;
import io.kemudi.apimachinery.apply.Topology;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.kinds.Kind;
import io.kemudi.apimachinery.kinds.Kinds;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.storage.CacheFeed;
import io.kemudi.apiserver.storage.ObjectStorage;
import io.kemudi.apiserver.storage.StoredResources;
import io.kemudi.apiserver.storage.Transformers;
import io.kemudi.apiserver.storage.WireField;
import io.kemudi.store.Store;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The rows served now, each with its entry; one immutable snapshot, swapped as a whole. Storages
/// of built-in resources live as long as the server.
final class ResourceEntries {
  /// Fields that lists and watches are indexed by: 5,000 agents ask for their own pods.
  private static final Map<String, String> INDEXED = Map.of("pods", "spec.nodeName");

  private record Snapshot(ResourceTable table, Map<ResourceRow, ResourceEntry> entries) {}

  private final Store store;
  private final CacheFeed feed;
  private final Transformers transformers;

  /// Key prefix -> the storage that all rows of the resource share; guarded by this.
  private final Map<String, ObjectStorage> storages = new HashMap<>();

  private volatile Snapshot snapshot;

  private ResourceEntries(
      ResourceTable table, Store store, CacheFeed feed, Transformers transformers) {
    this.store = store;
    this.feed = feed;
    this.transformers = transformers;
    openStorages(table);
    this.snapshot = snapshot(table, storages);
  }

  /// Makes the storages of every stored row and gives their caches to the feed.
  static ResourceEntries of(
      ResourceTable table, Store store, CacheFeed feed, Transformers transformers) {
    return new ResourceEntries(table, store, feed, transformers);
  }

  private void openStorages(ResourceTable table) {
    for (ResourceRow row : table.rows()) {
      String prefix = row.info().keyPrefix();
      if (row.info().stored() && !storages.containsKey(prefix)) {
        ObjectForm hub = hubOf(table, row);
        storages.put(
            prefix,
            StoredResources.open(
                store,
                feed,
                StoredResources.of(
                    row.info(), hub, transformers.of(row.qualifiedResource()), normalizer(hub)),
                index(row, hub)));
      }
    }
  }

  /// Closes what the table does not serve any more, or stores in another form now.
  private void closeStorages(ResourceTable table) {
    Map<String, ObjectForm> hubs = new HashMap<>();
    for (ResourceRow row : table.rows()) {
      hubs.putIfAbsent(row.info().keyPrefix(), hubOf(table, row));
    }
    storages
        .values()
        .removeIf(storage -> {
          ObjectForm now = hubs.get(storage.resource().keyPrefix());
          if (now != null && now.shows(storage.resource().hub())) {
            storage.resource().follow(now);
            return false;
          }
          feed.remove(storage.resource());
          return true;
        });
  }

  /// The version that is stored, where it is served. One that is not (admission policies in
  /// v1beta1) has the same bytes as the version that is.
  private static ObjectForm hubOf(ResourceTable table, ResourceRow row) {
    for (ResourceRow other : table.rows()) {
      if (other.info().keyPrefix().equals(row.info().keyPrefix())
          && other.info().isStorageVersion()) {
        return other.form();
      }
    }
    return row.form();
  }

  private static @Nullable Function<StoredObject, String> index(ResourceRow row, ObjectForm hub) {
    String field = INDEXED.get(row.qualifiedResource());
    if (field == null) {
      return null;
    }
    WireField reader =
        Objects.requireNonNull(
            WireField.compile(Schema.message(hub.messageType()), field), "no field " + field);
    return object -> reader.read(object.bytes());
  }

  @Nullable String indexedField(ResourceRow row) {
    return INDEXED.get(row.qualifiedResource());
  }

  ResourceTable table() {
    return snapshot.table;
  }

  synchronized void change(UnaryOperator<ResourceTable> change) {
    ResourceTable table = change.apply(snapshot.table);
    closeStorages(table);
    openStorages(table);
    snapshot = snapshot(table, storages);
  }

  /// @throws ApiException for a row that is not stored here
  ResourceEntry of(ResourceRow row) {
    Snapshot now = snapshot;
    ResourceEntry entry = now.entries.get(row);
    if (entry == null && row.custom() != null) {
      // the definition has changed since the request was given its row
      entry =
          now.table
              .find(row.group(), row.version(), row.resource())
              .map(now.entries::get)
              .orElseThrow(() ->
                  new ApiException(
                      StatusReason.NOT_FOUND, "the server could not find the requested resource"));
    }
    if (entry == null) {
      // componentstatuses above all: deprecated upstream since 1.19, and here nobody reports them.
      throw new ApiException(
          StatusReason.METHOD_NOT_ALLOWED,
          row.qualifiedResource() + " are not kept by this server");
    }
    return entry;
  }

  /// The entry of a core resource or `resource.group`, in the version it is stored in.
  ResourceEntry builtIn(String qualifiedResource) {
    for (ResourceEntry entry : snapshot.entries.values()) {
      if (entry.row().qualifiedResource().equals(qualifiedResource) && entry.isHub()) {
        return entry;
      }
    }
    throw new IllegalArgumentException(qualifiedResource + " is not served");
  }

  private static Snapshot snapshot(ResourceTable table, Map<String, ObjectStorage> storages) {
    Map<ResourceRow, ResourceEntry> entries = new HashMap<>();
    for (ResourceRow row : table.rows()) {
      ObjectStorage storage = storages.get(row.info().keyPrefix());
      if (storage != null) {
        entries.put(row, entry(row, storage, table));
      }
    }
    return new Snapshot(table, Map.copyOf(entries));
  }

  private static ResourceEntry entry(ResourceRow row, ObjectStorage storage, ResourceTable table) {
    ObjectForm hub = storage.resource().hub();
    MessageType type = Schema.message(hub.messageType());
    Conversion conversion = conversionOf(row, hub);
    return new ResourceEntry(
        row, storage, hub, type, kind(row, hub), conversion, versions(row, hub, table));
  }

  private static @Nullable Kind kindOf(ObjectForm hub) {
    int slash = hub.apiVersion().indexOf('/');
    String group = slash < 0 ? "" : hub.apiVersion().substring(0, slash);
    return Kinds.find(group, hub.kind()).orElse(null);
  }

  /// Fills in what a server that knew less defaults did not store.
  private static UnaryOperator<byte[]> normalizer(ObjectForm hub) {
    Kind kind = kindOf(hub);
    MessageType type = Schema.message(hub.messageType());
    return kind == null ? UnaryOperator.identity() : message -> normal(kind, type, hub, message);
  }

  private static byte[] normal(Kind kind, MessageType type, ObjectForm hub, byte[] message) {
    try {
      Map<String, @Nullable Object> tree =
          ProtobufCodec.decode(type, hub.apiVersion(), hub.kind(), message);
      Map<String, @Nullable Object> before = Trees.copyObject(tree);
      kind.applyDefaults(tree);
      if (tree.equals(before)) {
        return message;
      }
      byte[] defaulted = ProtobufCodec.encode(type, tree);
      return Arrays.equals(defaulted, ProtobufCodec.encode(type, before)) ? message : defaulted;
    } catch (CodecException e) {
      return message; // served as it is; whoever writes it is told what is wrong with it
    }
  }

  private static @Nullable Kind kind(ResourceRow row, ObjectForm hub) {
    CustomVersion custom = row.custom();
    return custom == null ? kindOf(hub) : new CustomKind(row.info(), custom);
  }

  private static Conversion conversionOf(ResourceRow row, ObjectForm hub) {
    return hub.messageType().equals(row.form().messageType()) ? Conversion.NONE : conversion(row);
  }

  /// How the objects of a row look in the other versions of the same resource.
  private static ServedVersions versions(ResourceRow row, ObjectForm hub, ResourceTable table) {
    Map<String, ServedVersions.View> views = new HashMap<>();
    Conversion own = conversionOf(row, hub);
    for (ResourceRow other : table.rows()) {
      if (!other.info().keyPrefix().equals(row.info().keyPrefix())) {
        continue;
      }
      String messages = other.form().messageType();
      if (messages.equals(row.form().messageType())) {
        views.put(other.form().apiVersion(), ServedVersions.View.SAME);
      } else {
        Conversion its = conversionOf(other, hub);
        views.put(
            other.form().apiVersion(),
            new ServedVersions.View(
                Topology.of(Schema.message(messages)),
                tree -> its.fromHub(own.toHub(Trees.copyObject(tree))),
                tree -> own.fromHub(its.toHub(Trees.copyObject(tree)))));
      }
    }
    return views::get;
  }

  private static Conversion conversion(ResourceRow row) {
    Conversion conversion = Conversion.of(row);
    if (conversion == Conversion.NONE) {
      throw new IllegalStateException("no conversion to " + row);
    }
    return conversion;
  }
}
