package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.WritePath.Write;
import io.kemudi.apiserver.storage.ObjectBytes;
import io.kemudi.apiserver.storage.ObjectStorage.Beside;
import io.kemudi.apiserver.storage.ObjectStorage.Change;
import io.kemudi.apiserver.storage.ObjectStorage.Changed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How an object goes: at once, or in two steps. What has finalizers, or a grace period, or (a
/// namespace) content is marked first, with the time by which it should be gone; it is removed by
/// the write that takes the last reason to stay.
final class DeletePath {
  private static final String ORPHAN = "orphan";
  private static final String FOREGROUND = "foregroundDeletion";

  private final WritePath writes;

  DeletePath(WritePath writes) {
    this.writes = writes;
  }

  /// What a deletion left: the object (or the last of it), and whether it is gone.
  record Deleted(StoredObject object, boolean gone) {}

  Deleted delete(Write write, DeleteOptions options) {
    return delete(write, options, _ -> false);
  }

  /// As [#delete(Write, DeleteOptions)], with a last word about the object: `note` may change the
  /// tree before it is marked, and answers whether it did.
  Deleted delete(
      Write write, DeleteOptions options, Predicate<Map<String, @Nullable Object>> note) {
    if (options.dryRun()) {
      return rehearse(write, options);
    }
    Changed changed = write.change(current -> step(write, options, current, note));
    return new Deleted(changed.object(), changed.removed());
  }

  private Deleted rehearse(Write write, DeleteOptions options) {
    ResourceEntry entry = write.entry();
    Target target = write.target();
    StoredObject current = entry.storage().latest(target.namespace(), target.name());
    Change change = step(write, options, current, _ -> false);
    StoredObject known = Objects.requireNonNull(current);
    return switch (change) {
      case Change.None() -> new Deleted(known, false);
      case Change.Put(byte[] message, Beside _) ->
          new Deleted(
              entry.unstored(target.namespace(), target.name(), message, known.revision()), false);
      case Change.Remove(byte[] last, Beside _) ->
          new Deleted(
              entry.unstored(target.namespace(), target.name(), last, known.revision()), true);
    };
  }

  private Change step(
      Write write,
      DeleteOptions options,
      @Nullable StoredObject current,
      Predicate<Map<String, @Nullable Object>> note) {
    ResourceEntry entry = write.entry();
    Target target = write.target();
    ResourceRow row = entry.row();
    if (current == null) {
      throw ApiException.notFound(row.group(), row.resource(), target.name());
    }
    checkPreconditions(row, target, options, current);
    Map<String, @Nullable Object> tree = entry.hubTree(current);
    Meta.set(tree, "resourceVersion", null);
    AdmissionRequest request =
        new AdmissionRequest(
                write.context(), Operation.DELETE, target, tree, tree, options.dryRun())
            .with(current.revision(), OptionTrees.of(options));
    writes.admission().admit(request);
    writes.admission().validate(request);
    if (row.qualifiedResource().equals("namespaces")) {
      return deleteNamespace(write, tree);
    }
    if (TerminatingDefinitions.isOne(row)) {
      return deleteDefinition(write, tree);
    }
    boolean noted = note.test(tree);
    boolean wasDeleting = Meta.isDeleting(tree);
    List<String> finalizers = finalizers(row, options, tree);
    boolean finalizersChanged = !finalizers.equals(Meta.finalizers(tree));
    Meta.setFinalizers(tree, finalizers);
    long grace = grace(row, options, tree);
    boolean graceChanged = mark(tree, grace, wasDeleting);
    if (finalizers.isEmpty() && Objects.requireNonNull(Meta.graceSeconds(tree)) == 0) {
      return remove(write, current, tree);
    }
    return graceChanged || finalizersChanged || noted
        ? new Change.Put(WritePath.encode(entry, tree), Beside.NOTHING)
        : new Change.None();
  }

  private Change remove(Write write, StoredObject current, Map<String, @Nullable Object> tree) {
    // Only kinds that show their deletion (pods) show it marked; others go as they were.
    boolean shownMarked = write.row().qualifiedResource().equals("pods");
    byte[] last =
        shownMarked
            ? WritePath.encode(write.entry(), tree)
            : ObjectBytes.withoutRevision(current.bytes());
    return new Change.Remove(last, writes.release(write, tree));
  }

  private static void checkPreconditions(
      ResourceRow row, Target target, DeleteOptions options, StoredObject current) {
    String uid = ObjectBytes.uid(current.bytes());
    if (options.uid() != null && !options.uid().equals(uid)) {
      throw ApiException.conflict(
          row.group(),
          row.kind(),
          target.name(),
          "the UID in the precondition ("
              + options.uid()
              + ") does not match the UID in record ("
              + uid
              + "). The object might have been deleted and then recreated");
    }
    String revision = Long.toString(current.revision());
    if (options.resourceVersion() != null && !options.resourceVersion().equals(revision)) {
      throw ApiException.conflict(
          row.group(),
          row.kind(),
          target.name(),
          "the ResourceVersion in the precondition ("
              + options.resourceVersion()
              + ") does not match the ResourceVersion in record ("
              + revision
              + "). The object might have been modified");
    }
  }

  /// Finalizers say what is to become of the dependents; an explicit wish replaces an earlier one.
  private static List<String> finalizers(
      ResourceRow row, DeleteOptions options, Map<String, @Nullable Object> tree) {
    List<String> finalizers = new ArrayList<>(Meta.finalizers(tree));
    boolean orphan;
    boolean foreground;
    if (options.orphanDependents() != null) {
      orphan = options.orphanDependents();
      foreground = false;
    } else if (options.propagationPolicy() != null) {
      orphan = options.propagationPolicy().equals("Orphan");
      foreground = options.propagationPolicy().equals("Foreground");
    } else {
      boolean said = finalizers.contains(ORPHAN) || finalizers.contains(FOREGROUND);
      orphan = finalizers.contains(ORPHAN) || !said && KindRules.orphansByDefault(row);
      foreground = finalizers.contains(FOREGROUND);
    }
    if (!orphan) {
      finalizers.remove(ORPHAN);
    } else if (!finalizers.contains(ORPHAN)) {
      finalizers.add(ORPHAN);
    }
    if (!foreground) {
      finalizers.remove(FOREGROUND);
    } else if (!finalizers.contains(FOREGROUND)) {
      finalizers.add(FOREGROUND);
    }
    return finalizers;
  }

  /// Only pods are given time. A pod that runs nowhere, or no more, needs none.
  private static long grace(
      ResourceRow row, DeleteOptions options, Map<String, @Nullable Object> tree) {
    if (!row.qualifiedResource().equals("pods")) {
      return 0;
    }
    Object phase = Trees.at(tree, "status", "phase");
    Object node = Trees.at(tree, "spec", "nodeName");
    if (node == null || node.equals("") || "Failed".equals(phase) || "Succeeded".equals(phase)) {
      return 0;
    }
    if (options.gracePeriodSeconds() != null) {
      return Math.max(options.gracePeriodSeconds(), options.gracePeriodSeconds() < 0 ? 1 : 0);
    }
    Object own = Trees.at(tree, "spec", "terminationGracePeriodSeconds");
    return own instanceof Long seconds ? Math.max(seconds, 0) : 30;
  }

  /// Sets the time of deletion, or brings it forward. Answers whether that changed anything.
  private boolean mark(Map<String, @Nullable Object> tree, long grace, boolean wasDeleting) {
    Long known = Meta.graceSeconds(tree);
    if (wasDeleting && known != null && grace >= known) {
      return false;
    }
    Instant start = writes.timers().instant();
    Instant planned = start.plusSeconds(grace);
    if (wasDeleting
        && known != null
        && Meta.of(tree).get("deletionTimestamp") instanceof String time) {
      planned = Instant.parse(time).minusSeconds(known).plusSeconds(grace);
    }
    Meta.set(tree, "deletionTimestamp", Meta.time(planned));
    Meta.set(tree, "deletionGracePeriodSeconds", grace);
    if (!wasDeleting) {
      Meta.countGeneration(tree);
    }
    return true;
  }

  /// A definition stays until its objects are gone.
  private Change deleteDefinition(Write write, Map<String, @Nullable Object> tree) {
    return TerminatingDefinitions.mark(tree, Meta.time(writes.timers().instant()))
        ? new Change.Put(WritePath.encode(write.entry(), tree), Beside.NOTHING)
        : new Change.None();
  }

  /// A namespace stays until its controller has emptied it and taken the last of its finalizers.
  private Change deleteNamespace(Write write, Map<String, @Nullable Object> tree) {
    boolean wasDeleting = Meta.isDeleting(tree);
    if (!wasDeleting) {
      Meta.set(tree, "deletionTimestamp", Meta.time(writes.timers().instant()));
      Trees.child(tree, "status").put("phase", "Terminating");
    }
    byte[] message = ProtobufCodec.encode(write.entry().hubType(), tree);
    if (WritePath.isGone(write.row(), tree)) {
      return new Change.Remove(message, Beside.NOTHING);
    }
    return wasDeleting ? new Change.None() : new Change.Put(message, Beside.NOTHING);
  }
}
