package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.schema.MessageType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keeps `metadata.managedFields` on writes other than server-side apply: who changed a field owns
/// it from then on, alone; what is gone nobody owns.
public final class ManagedFields {
  private static final String MANAGED_FIELDS = "managedFields";
  private static final byte[] NOTHING = {};

  /// Fields that the server rules; nobody owns them.
  static final FieldSet SERVERS_OWN =
      FieldSet.of(
          "apiVersion",
          "kind",
          "metadata",
          "metadata.name",
          "metadata.namespace",
          "metadata.creationTimestamp",
          "metadata.selfLink",
          "metadata.uid",
          "metadata.clusterName",
          "metadata.generation",
          "metadata.managedFields",
          "metadata.resourceVersion");

  private ManagedFields() {}

  /// Sets the managedFields of `now`, the object as it is about to be stored, defaults included.
  ///
  /// The object is taken as it came out of the request and its defaults, before admission and
  /// before its kind completes it: what the server adds by itself nobody owns.
  ///
  /// @param old the object before, as [ProtobufCodec#decode] gives it; null on create
  /// @param now changed in place; what the client sent as managedFields counts as upstream counts
  ///   it
  public static void afterWrite(
      Topology topology,
      @Nullable Map<String, @Nullable Object> old,
      Map<String, @Nullable Object> now,
      FieldWriter writer) {
    Object live = Trees.at(old, "metadata", MANAGED_FIELDS);
    Object sent = Trees.at(now, "metadata", MANAGED_FIELDS);
    Managers managers = managers(live, sent, writer);
    boolean untracked = old != null && managers.isEmpty();
    if (untracked) {
      // Whoever emptied the list stopped the tracking, until somebody applies.
      Trees.child(now, "metadata").remove(MANAGED_FIELDS);
      return;
    }
    record(
        managers,
        new VersionedComparison(topology, stored(topology, old), written(topology, now), writer),
        writer);
    managers.capUpdaters();
    write(now, managers);
  }

  /// The entries that the write starts from: those it brings, or the live ones when it brings none,
  /// or bad ones, or writes a subresource.
  private static Managers managers(
      @Nullable Object live, @Nullable Object sent, FieldWriter writer) {
    if (writer.subresource().isEmpty()) {
      if (isReset(sent)) {
        return new Managers();
      }
      boolean unchanged = sent == null || sent.equals(live);
      Managers brought = unchanged ? new Managers() : checkedOrEmpty(sent);
      if (!brought.isEmpty()) {
        return brought;
      }
    }
    return readOrEmpty(live);
  }

  /// A list of one empty entry is the way to ask for a reset.
  private static boolean isReset(@Nullable Object sent) {
    List<@Nullable Object> list = Trees.listOrNull(sent);
    return list != null
        && list.size() == 1
        && list.getFirst() instanceof Map<?, ?> entry
        && entry.values().stream().allMatch(value -> value == null || value.equals(""));
  }

  /// A list from outside; a bad one is as good as none, as upstream has it.
  private static Managers checkedOrEmpty(@Nullable Object managedFields) {
    try {
      List<@Nullable Object> list = Trees.listOrNull(managedFields);
      for (Object entry : list == null ? List.of() : list) {
        FieldSet.check(Trees.object(Trees.at(entry, "fieldsV1"), "fieldsV1"));
      }
      return Managers.read(managedFields);
    } catch (CodecException e) {
      return new Managers();
    }
  }

  static Managers readOrEmpty(@Nullable Object managedFields) {
    try {
      return Managers.read(managedFields);
    } catch (CodecException e) {
      return new Managers();
    }
  }

  /// An object from the store as its owners see it: without kind and the list of owners itself.
  /// Shares parts with its argument, which it leaves alone. Of null: what a new object is before
  /// anything is set.
  static Map<String, @Nullable Object> stored(
      Topology topology, @Nullable Map<String, @Nullable Object> tree) {
    if (tree != null) {
      return withoutServersOwn(tree);
    }
    MessageType type = topology.type();
    return type == null ? new LinkedHashMap<>() : ProtobufCodec.decode(type, NOTHING);
  }

  private static Map<String, @Nullable Object> withoutServersOwn(
      Map<String, @Nullable Object> tree) {
    var copy = new LinkedHashMap<>(tree);
    copy.remove("kind");
    copy.remove("apiVersion");
    Map<String, @Nullable Object> metadata = Trees.objectOrNull(copy.get("metadata"));
    if (metadata != null && metadata.containsKey(MANAGED_FIELDS)) {
      var own = new LinkedHashMap<>(metadata);
      own.remove(MANAGED_FIELDS);
      copy.put("metadata", own);
    }
    return copy;
  }

  /// An object that is being written, in the form that it will be stored in.
  private static Map<String, @Nullable Object> written(
      Topology topology, Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> shown = withoutServersOwn(tree);
    MessageType type = topology.type();
    if (type == null) {
      return shown;
    }
    var copy = ProtobufCodec.decode(type, ProtobufCodec.encode(type, shown));
    keepEmpty(copy, shown);
    return copy;
  }

  /// Stored bytes do not tell an empty list or map from none; whoever writes one owns it, where the
  /// field is one that is always shown. Puts those of `written` into `stored`, which was made of it
  /// by way of bytes.
  public static void keepEmpty(@Nullable Object stored, @Nullable Object written) {
    Map<String, @Nullable Object> into = Trees.objectOrNull(stored);
    if (into != null && written instanceof Map<?, ?> from) {
      for (Map.Entry<String, @Nullable Object> entry : into.entrySet()) {
        Object value = from.get(entry.getKey());
        if (entry.getValue() != null) {
          keepEmpty(entry.getValue(), value);
        } else if (value instanceof List || value instanceof Map) {
          entry.setValue(value);
        }
      }
    } else if (stored instanceof List<?> list && written instanceof List<?> from) {
      for (int i = 0; i < Math.min(list.size(), from.size()); i++) {
        keepEmpty(list.get(i), from.get(i));
      }
    }
  }

  static void record(Managers managers, VersionedComparison comparison, FieldWriter writer) {
    comparison.disown(managers, null);
    FieldSet own = comparison.own().changed().difference(SERVERS_OWN);
    if (own.isEmpty()) {
      return; // took nothing: neither an entry nor a new time
    }
    Managers.Key key = Managers.Key.of(writer, Managers.UPDATE);
    Managers.Owned before = managers.get(key);
    FieldSet all = before == null ? own : own.union(before.fields());
    managers.put(key, new Managers.Owned(all, writer.apiVersion(), Managers.timeOf(writer)));
  }

  static void write(Map<String, @Nullable Object> tree, Managers managers) {
    managers.dropEmpty();
    Map<String, @Nullable Object> metadata = Trees.child(tree, "metadata");
    if (managers.isEmpty()) {
      metadata.remove(MANAGED_FIELDS);
    } else {
      metadata.put(MANAGED_FIELDS, managers.write());
    }
  }
}
