package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Server-side apply: a manager says what it wants of an object. That is merged in and owned; what
/// the same manager wanted before and nobody else does goes; what others own and would change is a
/// conflict, unless forced.
public final class ServerSideApply {
  private static final String BEFORE_FIRST_APPLY = "before-first-apply";

  private ServerSideApply() {}

  /// The object with the configuration applied and its managedFields set: not yet defaulted and
  /// validated. The arguments are left alone, but parts may be shared with the result.
  ///
  /// @param live the object as [io.kemudi.apimachinery.codec.ProtobufCodec#decode] gives it; null
  ///   when there is none
  /// @param applied the configuration as the client sent it
  /// @throws ApiException Conflict with a cause per field, or what upstream says of a configuration
  ///   that does not fit the type
  public static Map<String, @Nullable Object> apply(
      Topology topology,
      @Nullable Map<String, @Nullable Object> live,
      Map<String, @Nullable Object> applied,
      FieldWriter writer,
      boolean force) {
    if (Trees.at(applied, "metadata", "managedFields") != null) {
      throw ApiException.badRequest("metadata.managedFields must be nil");
    }
    checkVersion(applied, writer);
    AppliedTypes.check(topology, applied);
    var attempt = new Attempt(topology, live, applied, writer);
    Conflicts conflicts = attempt.conflicts();
    if (!force && !conflicts.isEmpty()) {
      FieldSet excused = LastApplied.excused(topology, live, attempt.before, writer);
      Conflicts refused = conflicts.without(excused);
      if (!refused.isEmpty()) {
        throw refused.refusal();
      }
    }
    return LastApplied.renewed(attempt.finish(), applied, writer);
  }

  /// The object with a configuration laid over it, and nobody the owner of anything: what a
  /// mutating policy does. The arguments are left alone, but parts may be shared with the result.
  ///
  /// @throws ApiException when the configuration does not fit the type
  public static Map<String, @Nullable Object> merged(
      Topology topology,
      Map<String, @Nullable Object> live,
      Map<String, @Nullable Object> configuration) {
    AppliedTypes.check(topology, configuration);
    return Trees.object(TreeMerge.merge(topology, live, configuration), "the merged object");
  }

  private static void checkVersion(Map<String, @Nullable Object> applied, FieldWriter writer) {
    String version = Trees.string(applied, "apiVersion");
    if (!version.equals(writer.apiVersion())) {
      throw ApiException.badRequest(
          "Incorrect version specified in apply patch. Specified patch version: "
              + version
              + ", expected: "
              + writer.apiVersion());
    }
  }

  /// The fields that a configuration would take from other managers.
  private record Conflicts(TreeMap<Managers.Key, FieldSet> byManager) {
    boolean isEmpty() {
      return byManager.isEmpty();
    }

    Conflicts without(FieldSet fields) {
      var left = new TreeMap<Managers.Key, FieldSet>();
      byManager.forEach((key, set) -> {
        FieldSet rest = set.difference(fields);
        if (!rest.isEmpty()) {
          left.put(key, rest);
        }
      });
      return new Conflicts(left);
    }

    ApiException refusal() {
      var causes = new ArrayList<StatusCause>();
      var text = new StringBuilder();
      byManager.forEach((key, set) -> {
        text.append(text.isEmpty() ? "" : "\n").append("conflicts with ").append(key.shown());
        text.append(':');
        for (String path : set.paths()) {
          text.append("\n- ").append(path);
          causes.add(new StatusCause("FieldManagerConflict", "conflict with " + key.shown(), path));
        }
      });
      String message =
          causes.size() == 1
              ? "Apply failed with 1 conflict: "
                  + causes.getFirst().message()
                  + ": "
                  + causes.getFirst().field()
              : "Apply failed with " + causes.size() + " conflicts: " + text;
      return new ApiException(
          StatusReason.CONFLICT, message, StatusDetails.of("", "", "").withCauses(causes));
    }
  }

  /// One apply, worked out: what the object becomes and who loses what by it.
  private static final class Attempt {
    private final @Nullable Map<String, @Nullable Object> live;
    private final FieldWriter writer;
    private final Managers.Key self;
    private final Managers managers;
    private final Map<String, @Nullable Object> before;
    private final Map<String, @Nullable Object> after;
    private final VersionedComparison comparison;

    Attempt(
        Topology topology,
        @Nullable Map<String, @Nullable Object> live,
        Map<String, @Nullable Object> applied,
        FieldWriter writer) {
      this.live = live;
      this.writer = writer;
      self = Managers.Key.of(writer, Managers.APPLY);
      before = ManagedFields.stored(topology, live);
      managers = ManagedFields.readOrEmpty(Trees.at(live, "metadata", "managedFields"));
      if (live != null && managers.isEmpty()) {
        trackFromNow(topology);
      }
      Map<String, @Nullable Object> wanted = Trees.copyObject(applied);
      wanted.remove("kind");
      wanted.remove("apiVersion");
      Managers.Owned last = managers.get(self);
      // What the server rules is claimed until the pruning is done: it must not be pruned.
      FieldSet claimed = writer.writable().filter(AppliedFields.of(topology, wanted));
      managers.put(
          self,
          new Managers.Owned(claimed, writer.apiVersion(), last == null ? null : last.time()));
      Object merged = TreeMerge.merge(topology, before, wanted);
      Object pruned = last == null ? merged : pruneIn(last.apiVersion(), topology, merged, last);
      after = Trees.object(pruned == null ? Map.of() : pruned, "applied object");
      comparison = new VersionedComparison(topology, before, after, writer);
    }

    /// Whatever the object has by now belongs to nobody in particular, but not to the applier.
    private void trackFromNow(Topology topology) {
      FieldWriter earlier = writer.as(BEFORE_FIRST_APPLY);
      Map<String, @Nullable Object> nothing = ManagedFields.stored(topology, null);
      ManagedFields.record(
          managers, new VersionedComparison(topology, nothing, before, earlier), earlier);
    }

    /// Prunes in the version that the manager applied in last, which names the fields.
    private @Nullable Object pruneIn(
        String apiVersion, Topology topology, @Nullable Object merged, Managers.Owned last) {
      ServedVersions.View view =
          apiVersion.equals(writer.apiVersion())
              ? ServedVersions.View.SAME
              : writer.versions().in(apiVersion);
      Map<String, @Nullable Object> whole = Trees.objectOrNull(merged);
      if (view == null || whole == null) {
        return merged; // nothing can be told of a version that is gone
      }
      Topology other = view.topology();
      if (other == null) {
        return prune(topology, merged, last.fields());
      }
      Object pruned = prune(other, view.there().apply(whole), last.fields());
      return view.back().apply(Trees.object(pruned == null ? Map.of() : pruned, "pruned object"));
    }

    /// Removes what the manager applied last time and neither it nor another applier does now.
    private @Nullable Object prune(Topology topology, @Nullable Object merged, FieldSet last) {
      FieldSet lastFields = last.withNamedFields(topology);
      FieldSet all = AppliedFields.of(topology, merged).withNamedFields(topology);
      FieldSet applied = new FieldSet();
      for (Map.Entry<Managers.Key, Managers.Owned> entry : managers.entries().entrySet()) {
        if (entry.getKey().applies()) {
          applied = applied.union(entry.getValue().fields());
        }
      }
      Object without = TreeRemoval.remove(topology, merged, lastFields);
      FieldSet kept =
          AppliedFields.of(topology, without)
              .withNamedFields(topology)
              .union(applied.withNamedFields(topology));
      without = TreeRemoval.remove(topology, merged, all.difference(kept));
      // What hung below a removed element without having been applied with it stays.
      FieldSet remaining = AppliedFields.of(topology, without).withNamedFields(topology);
      return TreeRemoval.remove(
          topology, merged, all.difference(remaining).intersection(lastFields));
    }

    Conflicts conflicts() {
      var conflicts = new TreeMap<Managers.Key, FieldSet>();
      managers
          .entries()
          .forEach((key, owned) -> {
            FieldComparison seen = comparison.in(owned.apiVersion());
            if (seen != null && !key.equals(self)) {
              FieldSet lost = owned.fields().intersection(seen.changed());
              if (!lost.isEmpty()) {
                conflicts.put(key, lost);
              }
            }
          });
      return new Conflicts(conflicts);
    }

    Map<String, @Nullable Object> finish() {
      comparison.disown(managers, self);
      Managers.Owned claimed = managers.get(self);
      if (claimed != null) {
        managers.put(self, claimed.with(claimed.fields().difference(ManagedFields.SERVERS_OWN)));
      }
      Map<String, @Nullable Object> result;
      if (comparison.own().isSame() && live != null) {
        result = Trees.copyObject(live);
      } else {
        result = Trees.copyObject(after);
        Managers.Owned own = managers.get(self);
        if (own != null) {
          managers.put(
              self, new Managers.Owned(own.fields(), own.apiVersion(), Managers.timeOf(writer)));
        }
      }
      ManagedFields.write(result, managers);
      return result;
    }
  }
}
