package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Timestamps;
import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The entries of one object's managedFields, by who they are of. Not thread-safe.
final class Managers {
  static final String APPLY = "Apply";
  static final String UPDATE = "Update";

  /// More updaters than this are merged into one, oldest first. Upstream's bound.
  private static final int MAX_UPDATERS = 10;

  private static final String OLD_UPDATES = "ancient-changes";

  /// What tells entries apart. Of appliers the version does not: who applies in another version is
  /// still the same.
  record Key(String manager, String operation, String apiVersion, String subresource)
      implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::manager)
            .thenComparing(Key::operation)
            .thenComparing(Key::apiVersion)
            .thenComparing(Key::subresource);

    static Key of(FieldWriter writer, String operation) {
      String version = operation.equals(APPLY) ? "" : writer.apiVersion();
      return new Key(writer.manager(), operation, version, writer.subresource());
    }

    boolean applies() {
      return operation.equals(APPLY);
    }

    /// `"m1"`, `"hpa" with subresource "scale"`, `"u" using v1`.
    String shown() {
      String shown = "\"" + manager + "\"";
      if (!subresource.isEmpty()) {
        shown += " with subresource \"" + subresource + "\"";
      }
      return applies() ? shown : shown + " using " + apiVersion;
    }

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /// What one owns, in which version it said so, and since when.
  record Owned(FieldSet fields, String apiVersion, @Nullable String time) {
    Owned with(FieldSet changed) {
      return new Owned(changed, apiVersion, time);
    }
  }

  private final TreeMap<Key, Owned> entries = new TreeMap<>();

  /// @throws CodecException when an entry is malformed
  static Managers read(@Nullable Object managedFields) {
    var managers = new Managers();
    List<@Nullable Object> list = Trees.listOrNull(managedFields);
    if (list != null) {
      for (Object item : list) {
        managers.add(Trees.object(item, "managedFields"));
      }
    }
    return managers;
  }

  private void add(Map<String, @Nullable Object> entry) {
    String type = Trees.string(entry, "fieldsType");
    if (!type.equals("FieldsV1")) {
      throw new CodecException(
          "managedFields entry has fieldsType \"" + type + "\", want FieldsV1");
    }
    Map<String, @Nullable Object> fields = Trees.objectOrNull(entry.get("fieldsV1"));
    String operation = Trees.string(entry, "operation");
    String apiVersion = Trees.string(entry, "apiVersion");
    var key =
        new Key(
            Trees.string(entry, "manager"),
            operation,
            operation.equals(APPLY) ? "" : apiVersion,
            Trees.string(entry, "subresource"));
    String time = entry.get("time") instanceof String text ? text : null;
    FieldSet set = fields == null ? new FieldSet() : FieldSet.fromTree(fields);
    entries.put(key, new Owned(set, apiVersion, time));
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  @Nullable Owned get(Key key) {
    return entries.get(key);
  }

  /// Sets what a manager owns; owning nothing removes it.
  void put(Key key, Owned owned) {
    if (owned.fields().isEmpty()) {
      entries.remove(key);
    } else {
      entries.put(key, owned);
    }
  }

  TreeMap<Key, Owned> entries() {
    return entries;
  }

  /// Forgets who owns nothing.
  void dropEmpty() {
    entries.values().removeIf(owned -> owned.fields().isEmpty());
  }

  /// Merges the oldest updaters of one version until few enough are left.
  void capUpdaters() {
    var updaters =
        new ArrayList<>(entries.keySet().stream().filter(key -> !key.applies()).toList());
    if (updaters.size() <= MAX_UPDATERS) {
      return;
    }
    updaters.sort(Comparator.comparing((Key key) -> time(key)).thenComparing(key -> key));
    var firstOfVersion = new LinkedHashMap<String, Key>();
    int left = updaters.size();
    for (Key key : updaters) {
      if (left <= MAX_UPDATERS) {
        return;
      }
      Owned owned = entries.get(key);
      if (owned == null) {
        continue;
      }
      Key first = firstOfVersion.putIfAbsent(key.apiVersion(), key);
      if (first != null) {
        var bucket = new Key(OLD_UPDATES, UPDATE, key.apiVersion(), "");
        Owned before = entries.containsKey(bucket) ? entries.get(bucket) : entries.remove(first);
        FieldSet all = before == null ? owned.fields() : owned.fields().union(before.fields());
        entries.remove(key);
        entries.put(bucket, owned.with(all));
        left--;
      }
    }
  }

  private String time(Key key) {
    Owned owned = entries.get(key);
    return owned == null || owned.time() == null ? "" : owned.time();
  }

  /// The list as metadata holds it: appliers first, then by time and name.
  List<@Nullable Object> write() {
    var keys = new ArrayList<>(entries.keySet());
    keys.sort(
        Comparator.comparing(Key::operation)
            .thenComparing(this::time)
            .thenComparing(Key::manager)
            .thenComparing(key -> version(key))
            .thenComparing(Key::subresource));
    var list = new ArrayList<@Nullable Object>(keys.size());
    for (Key key : keys) {
      list.add(write(key));
    }
    return list;
  }

  private String version(Key key) {
    Owned owned = entries.get(key);
    return owned == null ? "" : owned.apiVersion();
  }

  private Map<String, @Nullable Object> write(Key key) {
    var entry = new LinkedHashMap<String, @Nullable Object>();
    entry.put("manager", key.manager());
    entry.put("operation", key.operation());
    entry.put("apiVersion", version(key));
    String time = time(key);
    if (!time.isEmpty()) {
      entry.put("time", time);
    }
    entry.put("fieldsType", "FieldsV1");
    Owned owned = entries.get(key);
    entry.put("fieldsV1", owned == null ? Map.of() : owned.fields().toTree());
    if (!key.subresource().isEmpty()) {
      entry.put("subresource", key.subresource());
    }
    return entry;
  }

  static String timeOf(FieldWriter writer) {
    return Timestamps.format(writer.now());
  }
}
