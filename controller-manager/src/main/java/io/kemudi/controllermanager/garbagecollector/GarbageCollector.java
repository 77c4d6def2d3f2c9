package io.kemudi.controllermanager.garbagecollector;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.DeleteOptions.Propagation;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.controller.WorkQueue;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.Informers;
import io.kemudi.controllermanager.garbagecollector.OwnershipGraph.Item;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Deletes objects all of whose owners are gone, and does what a deletion with `Foreground` or
/// `Orphan` asked for before the object may go.
///
/// An owner that the local copy does not show is asked for at the server before anything is deleted
/// for its absence: a copy that lags must not cost anybody a pod.
public final class GarbageCollector implements Reconciler<GarbageCollector.Key> {
  private static final String FOREGROUND = "foregroundDeletion";
  private static final String ORPHAN = "orphan";

  private final ApiClient client;
  private final OwnershipGraph graph;

  /// An object to look at.
  public record Key(ResourceType<PartialObjectMetadata> type, ObjectKey object) {
    @Override
    public String toString() {
      return type + " " + object;
    }
  }

  public GarbageCollector(ApiClient client, Informers informers) {
    this.client = client;
    this.graph = new OwnershipGraph(informers);
  }

  /// What has to be in sync before the first look.
  public List<Informer<?>> reads() {
    return graph.informers();
  }

  /// Feeds `queue`: objects that have owners or are being deleted; the dependents of what is gone;
  /// the owners of what changed, as they may wait for it.
  public void feed(WorkQueue<Key> queue) {
    for (Informer<PartialObjectMetadata> informer : graph.typedInformers()) {
      ResourceType<PartialObjectMetadata> type = informer.type();
      informer.addHandler(
          new EventHandler<>() {
            @Override
            public void onAdd(PartialObjectMetadata object) {
              changed(object);
            }

            @Override
            public void onUpdate(PartialObjectMetadata before, PartialObjectMetadata after) {
              changed(after);
            }

            private void changed(PartialObjectMetadata object) {
              ObjectMeta meta = object.getMetadata();
              if (meta.getOwnerReferencesCount() > 0 || meta.hasDeletionTimestamp()) {
                queue.add(new Key(type, type.key(object)));
              }
            }

            @Override
            public void onDelete(PartialObjectMetadata object) {
              graph.dependents(object.getMetadata().getUid()).forEach(i -> queue.add(i.key()));
              for (OwnerReference owner : object.getMetadata().getOwnerReferencesList()) {
                Item item = graph.byUid(owner.getUid());
                if (item != null && item.meta().hasDeletionTimestamp()) {
                  queue.add(item.key());
                }
              }
            }
          });
    }
  }

  @Override
  public Result reconcile(Key key) {
    Item item = graph.find(key);
    if (item == null) {
      return Result.DONE;
    }
    if (item.meta().hasDeletionTimestamp()) {
      if (item.meta().getFinalizersList().contains(ORPHAN)) {
        orphanDependents(item);
      } else if (item.meta().getFinalizersList().contains(FOREGROUND)) {
        deleteDependentsFirst(item);
      }
      return Result.DONE;
    }
    if (item.meta().getOwnerReferencesCount() > 0) {
      attendToOwners(item);
    }
    return Result.DONE;
  }

  private void orphanDependents(Item owner) {
    for (Item dependent : graph.dependents(owner.meta().getUid())) {
      dropOwners(dependent, List.of(owner.meta().getUid()));
    }
    removeFinalizer(owner, ORPHAN);
  }

  private void deleteDependentsFirst(Item owner) {
    List<Item> blocking =
        graph.dependents(owner.meta().getUid()).stream()
            .filter(d -> blocks(d, owner.meta().getUid()))
            .toList();
    if (blocking.isEmpty()) {
      removeFinalizer(owner, FOREGROUND);
      return;
    }
    for (Item dependent : blocking) {
      if (!dependent.meta().hasDeletionTimestamp()) {
        attendToOwners(dependent);
      }
    }
  }

  private static boolean blocks(Item dependent, String ownerUid) {
    return dependent.meta().getOwnerReferencesList().stream()
        .anyMatch(o -> o.getUid().equals(ownerUid) && o.getBlockOwnerDeletion());
  }

  /// Keeps an object that somebody still owns, less the owners that are gone; deletes one that
  /// nobody does.
  private void attendToOwners(Item item) {
    var gone = new ArrayList<String>();
    boolean waitedFor = false;
    boolean owned = false;
    for (OwnerReference owner : item.meta().getOwnerReferencesList()) {
      switch (look(item, owner)) {
        case GONE -> gone.add(owner.getUid());
        case WAITING -> {
          waitedFor = true;
          gone.add(owner.getUid());
        }
        case PRESENT -> owned = true;
      }
    }
    if (gone.isEmpty()) {
      return;
    }
    if (owned) {
      dropOwners(item, gone);
      return;
    }
    boolean hasDependents = !graph.dependents(item.meta().getUid()).isEmpty();
    delete(item, waitedFor && hasDependents ? Propagation.FOREGROUND : inherited(item));
  }

  private enum Presence {
    PRESENT,
    /// Being deleted in the foreground, until its dependents are gone.
    WAITING,
    GONE
  }

  private Presence look(Item item, OwnerReference owner) {
    Item found = graph.byUid(owner.getUid());
    ObjectMeta meta = found == null ? askServer(item, owner).orElse(null) : found.meta();
    if (meta == null) {
      return Presence.GONE;
    }
    boolean foreground =
        meta.hasDeletionTimestamp() && meta.getFinalizersList().contains(FOREGROUND);
    return foreground ? Presence.WAITING : Presence.PRESENT;
  }

  /// The owner's metadata if an object with its uid exists. An owner of a kind that is not known
  /// here counts as present: nothing may be deleted for what we cannot see.
  private Optional<ObjectMeta> askServer(Item item, OwnerReference owner) {
    int slash = owner.getApiVersion().indexOf('/');
    String group = slash < 0 ? "" : owner.getApiVersion().substring(0, slash);
    String version = owner.getApiVersion().substring(slash + 1);
    Optional<ResourceInfo> known = ResourceInfos.ofKind(group, version, owner.getKind());
    if (known.isEmpty()) {
      return Optional.of(ObjectMeta.getDefaultInstance());
    }
    ResourceInfo info = known.get();
    var type =
        ResourceTypes.metadata(group, version, info.resource(), info.kind(), info.namespaced());
    String namespace = info.namespaced() ? item.meta().getNamespace() : "";
    try {
      ObjectMeta meta = client.get(type, namespace, owner.getName()).getMetadata();
      return meta.getUid().equals(owner.getUid()) ? Optional.of(meta) : Optional.empty();
    } catch (ApiException e) {
      if (e.is(StatusReason.NOT_FOUND)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Propagation inherited(Item item) {
    if (item.meta().getFinalizersList().contains(ORPHAN)) {
      return Propagation.ORPHAN;
    }
    return item.meta().getFinalizersList().contains(FOREGROUND)
        ? Propagation.FOREGROUND
        : Propagation.BACKGROUND;
  }

  private void delete(Item item, Propagation propagation) {
    ignoringChanges(() ->
        client.delete(
            item.type(),
            item.meta().getNamespace(),
            item.meta().getName(),
            DeleteOptions.NONE.propagation(propagation).onlyUid(item.meta().getUid())));
  }

  private void dropOwners(Item item, List<String> uids) {
    String kept =
        item.meta().getOwnerReferencesList().stream()
            .filter(o -> !uids.contains(o.getUid()))
            .map(GarbageCollector::json)
            .collect(Collectors.joining(","));
    patch(item, "\"ownerReferences\":[" + kept + "]");
  }

  private static String json(OwnerReference owner) {
    return """
    {"apiVersion":"%s","kind":"%s","name":"%s","uid":"%s","controller":%s,"blockOwnerDeletion":%s}\
    """
        .formatted(
            owner.getApiVersion(),
            owner.getKind(),
            owner.getName(),
            owner.getUid(),
            owner.getController(),
            owner.getBlockOwnerDeletion());
  }

  private void removeFinalizer(Item item, String finalizer) {
    String kept =
        item.meta().getFinalizersList().stream()
            .filter(f -> !f.equals(finalizer))
            .map(f -> "\"" + f + "\"")
            .collect(Collectors.joining(","));
    patch(item, "\"finalizers\":[" + kept + "]");
  }

  /// A merge patch of metadata that fails when the object has changed: the change brings the key
  /// back.
  private void patch(Item item, String fields) {
    String patch =
        "{\"metadata\":{\"uid\":\"%s\",\"resourceVersion\":\"%s\",%s}}"
            .formatted(item.meta().getUid(), item.meta().getResourceVersion(), fields);
    ignoringChanges(() ->
        client.patch(
            item.type(),
            item.meta().getNamespace(),
            item.meta().getName(),
            "",
            Patch.merge(patch),
            WriteOptions.NONE));
  }

  private static void ignoringChanges(Runnable write) {
    try {
      write.run();
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.CONFLICT)) {
        throw e;
      }
    }
  }
}
