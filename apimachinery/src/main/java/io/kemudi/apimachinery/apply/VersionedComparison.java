package io.kemudi.apimachinery.apply;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a write changes, as each version that somebody owns fields in shows it. Made for one write.
final class VersionedComparison {
  private final Map<String, @Nullable Object> before;
  private final Map<String, @Nullable Object> after;
  private final FieldWriter writer;
  private final FieldComparison own;
  private final Map<String, @Nullable FieldComparison> others = new HashMap<>();

  VersionedComparison(
      Topology topology,
      Map<String, @Nullable Object> before,
      Map<String, @Nullable Object> after,
      FieldWriter writer) {
    this.before = before;
    this.after = after;
    this.writer = writer;
    this.own = FieldComparison.of(topology, before, after).only(writer.writable());
  }

  /// In the version of the write.
  FieldComparison own() {
    return own;
  }

  /// In the given version; null when the object is not served in it.
  @Nullable FieldComparison in(String apiVersion) {
    if (apiVersion.equals(writer.apiVersion())) {
      return own;
    }
    if (!others.containsKey(apiVersion)) {
      others.put(apiVersion, compare(writer.versions().in(apiVersion)));
    }
    return others.get(apiVersion);
  }

  private @Nullable FieldComparison compare(ServedVersions.@Nullable View view) {
    if (view == null) {
      return null;
    }
    Topology topology = view.topology();
    return topology == null
        ? own
        : FieldComparison.of(topology, view.there().apply(before), view.there().apply(after))
            .only(writer.writable());
  }

  /// Takes from everybody but `except` what this write changed or removed. Who owned fields in a
  /// version that is gone owns nothing.
  void disown(Managers managers, Managers.@Nullable Key except) {
    for (Managers.Key key : java.util.List.copyOf(managers.entries().keySet())) {
      Managers.Owned owned = managers.get(key);
      if (owned == null || key.equals(except)) {
        continue;
      }
      FieldComparison seen = in(owned.apiVersion());
      FieldSet left =
          seen == null
              ? new FieldSet()
              : owned.fields().difference(seen.changed()).difference(seen.removed());
      managers.put(key, owned.with(left));
    }
  }
}
