package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.apply.ServedVersions;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.crd.CustomSchema;
import io.kemudi.apimachinery.kinds.Kind;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.storage.ObjectBytes;
import io.kemudi.apiserver.storage.ObjectStorage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A row with what serves it: the storage that rows of one resource share, the functions of the
/// kind (null: none), and the way between the row's version and the hub.
record ResourceEntry(
    ResourceRow row,
    ObjectStorage storage,
    ObjectForm hub,
    MessageType hubType,
    @Nullable Kind kind,
    Conversion conversion,
    ServedVersions versions) {

  boolean isHub() {
    return conversion == Conversion.NONE;
  }

  /// The tree of a stored object in the hub version.
  Map<String, @Nullable Object> hubTree(StoredObject object) {
    Map<String, @Nullable Object> tree =
        ProtobufCodec.decode(hubType, hub.apiVersion(), hub.kind(), object.bytes());
    CustomSchema schema = unsettledIn(object);
    if (schema != null) {
      schema.settle(tree);
    }
    return tree;
  }

  /// The row's schema where the object may have been written under another one: a definition was
  /// changed since, or it was written in another version. Reads show what the row's schema lets in,
  /// with its defaults; what is stored stays until the next write.
  private @Nullable CustomSchema unsettledIn(StoredObject object) {
    CustomSchema own = row.form().schema();
    CustomSchema its = object.form().schema();
    return own == null || its != null && own.sameAs(its) ? null : own;
  }

  /// Whether what is cached is what the row shows, object for object.
  boolean showsAsStored() {
    return isHub() && row.custom() == null && hub.equals(row.form());
  }

  /// The tree of a stored object in the row's version.
  Map<String, @Nullable Object> rowTree(StoredObject object) {
    return toRow(hubTree(object));
  }

  /// Makes a tree of the row's version one of the hub version.
  Map<String, @Nullable Object> toHub(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> hubTree = conversion.toHub(tree);
    hubTree.put("apiVersion", hub.apiVersion());
    hubTree.put("kind", hub.kind());
    return hubTree;
  }

  /// The other way round.
  Map<String, @Nullable Object> toRow(Map<String, @Nullable Object> hubTree) {
    Map<String, @Nullable Object> tree = conversion.fromHub(hubTree);
    tree.put("apiVersion", row.form().apiVersion());
    tree.put("kind", row.form().kind());
    return tree;
  }

  /// A stored object as this row shows it.
  StoredObject shown(StoredObject object) {
    CustomSchema schema = unsettledIn(object);
    if (schema != null) {
      Map<String, @Nullable Object> tree =
          ProtobufCodec.decode(hubType, hub.apiVersion(), hub.kind(), object.bytes());
      boolean changed = schema.settle(tree);
      return as(row.form(), object, changed ? ProtobufCodec.encode(hubType, tree) : object.bytes());
    }
    if (isHub()) {
      return object.form().shows(row.form()) ? object : as(row.form(), object, object.bytes());
    }
    MessageType type = Schema.message(row.form().messageType());
    byte[] bytes = ProtobufCodec.encode(type, conversion.fromHub(hubTree(object)));
    return as(row.form(), object, bytes);
  }

  private static StoredObject as(ObjectForm form, StoredObject object, byte[] bytes) {
    return new StoredObject(form, object.namespace(), object.name(), bytes, object.revision());
  }

  /// An object that is answered and not (or not yet) stored.
  StoredObject unstored(String namespace, String name, byte[] hubMessage, long revision) {
    byte[] bytes = revision == 0 ? hubMessage : ObjectBytes.withRevision(hubMessage, revision);
    return new StoredObject(hub, namespace, name, bytes, revision);
  }
}
