package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.schema.MessageType;
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
    FieldComparison comparison =
        FieldComparison.of(topology, comparable(topology, old), comparable(topology, now));
    record(managers, comparison, writer);
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
      Managers brought = readOrEmpty(sent);
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

  private static Managers readOrEmpty(@Nullable Object managedFields) {
    try {
      return Managers.read(managedFields);
    } catch (CodecException e) {
      return new Managers(); // a bad list is as good as none, as upstream has it
    }
  }

  /// The object as its owners see it: as stored, without kind and the list of owners itself.
  static Map<String, @Nullable Object> comparable(
      Topology topology, @Nullable Map<String, @Nullable Object> tree) {
    MessageType type = topology.type();
    Map<String, @Nullable Object> copy;
    if (type == null) {
      copy = Trees.copyObject(tree == null ? Map.of() : tree);
    } else {
      byte[] stored = tree == null ? NOTHING : ProtobufCodec.encode(type, tree);
      copy = ProtobufCodec.decode(type, stored);
      keepEmpty(copy, tree);
    }
    copy.remove("kind");
    copy.remove("apiVersion");
    Map<String, @Nullable Object> metadata = Trees.objectOrNull(copy.get("metadata"));
    if (metadata != null) {
      metadata.remove(MANAGED_FIELDS);
    }
    return copy;
  }

  /// Stored bytes do not tell an empty list or map from none; whoever writes one owns it.
  private static void keepEmpty(@Nullable Object stored, @Nullable Object written) {
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

  static void record(Managers managers, FieldComparison comparison, FieldWriter writer) {
    FieldSet changed = comparison.changed();
    managers.disown(changed.union(comparison.removed()), null);
    FieldSet own = changed.without(writer.ignored()).difference(SERVERS_OWN);
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
