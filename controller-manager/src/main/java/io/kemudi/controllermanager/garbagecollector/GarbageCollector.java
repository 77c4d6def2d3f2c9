package io.kemudi.controllermanager.garbagecollector;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
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
import io.kemudi.controllermanager.customresource.CustomResources;
import io.kemudi.controllermanager.garbagecollector.OwnershipGraph.Item;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Deletes objects all of whose owners are gone, and does what a deletion with `Foreground` or
/// `Orphan` asked for before the object may go.
///
/// An owner that the local copy does not show is asked for at the server before anything is deleted
/// for its absence: a copy that lags must not cost anybody a pod.
public final class GarbageCollector implements Reconciler<GarbageCollector.Key> {
  private static final String FOREGROUND = "foregroundDeletion";
  private static final String ORPHAN = "orphan";

  private static final String DEFINED_KIND = "defined-kind";

  /// How soon to look again for what has not arrived yet.
  private static final Duration AGAIN = Duration.ofMillis(500);

  private final ApiClient client;
  private final Informers informers;
  private final OwnershipGraph graph;
  private final Informer<CustomResourceDefinition> definitions;
  private final RecentlyGone gone = new RecentlyGone();

  /// An object to look at.
  public record Key(ResourceType<PartialObjectMetadata> type, ObjectKey object) {
    @Override
    public String toString() {
      return type + " " + object;
    }
  }

  public GarbageCollector(ApiClient client, Informers informers) {
    this.client = client;
    this.informers = informers;
    this.graph = new OwnershipGraph(informers);
    this.definitions = informers.informer(CustomResources.DEFINITIONS);
    definitions.addIndex(
        DEFINED_KIND,
        d ->
            List.of(
                OwnerKind.groupKind(
                    d.getSpec().getGroup(), d.getStatus().getAcceptedNames().getKind())));
  }

  /// What has to be in sync before the first look.
  public List<Informer<?>> reads() {
    List<Informer<?>> reads = new ArrayList<>(graph.informers());
    reads.add(definitions);
    return reads;
  }

  /// Feeds `queue`: objects that have owners or are being deleted; the dependents of what is gone;
  /// the owners of what changed, as they may wait for it.
  ///
  /// Of custom resources too, from when they are defined until they are gone.
  public void feed(WorkQueue<Key> queue) {
    graph.informers().forEach(informer -> informer.addHandler(handler(informer.type(), queue)));
    definitions.addHandler(new CustomInformers(informers, customSink(queue)));
  }

  private EventHandler<PartialObjectMetadata> handler(
      ResourceType<PartialObjectMetadata> type, WorkQueue<Key> queue) {
    return new EventHandler<>() {
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
    };
  }

  private CustomInformers.Sink customSink(WorkQueue<Key> queue) {
    return new CustomInformers.Sink() {
      @Override
      public void prepare(Informer<PartialObjectMetadata> informer) {
        OwnershipGraph.index(informer);
        informer.addHandler(rememberingGone());
        informer.addHandler(handler(informer.type(), queue));
      }

      /// What names owners of a kind that was unknown so far is looked at again.
      @Override
      public void began(Informer<PartialObjectMetadata> informer) {
        graph.add(informer);
        graph
            .dependentsOfKind(OwnerKind.groupKind(informer.type()))
            .forEach(item -> queue.add(item.key()));
      }

      /// Between two versions of a resource an owner may have gone unseen.
      @Override
      public void ended(Informer<PartialObjectMetadata> informer) {
        graph.remove(informer);
        for (PartialObjectMetadata left : informer.lister().list()) {
          graph.dependents(left.getMetadata().getUid()).forEach(item -> queue.add(item.key()));
        }
      }
    };
  }

  private EventHandler<PartialObjectMetadata> rememberingGone() {
    return new EventHandler<>() {
      @Override
      public void onAdd(PartialObjectMetadata object) {}

      @Override
      public void onUpdate(PartialObjectMetadata before, PartialObjectMetadata after) {}

      @Override
      public void onDelete(PartialObjectMetadata object) {
        gone.add(object.getMetadata().getUid());
      }
    };
  }

  @Override
  public Result reconcile(Key key) {
    Item item = graph.find(key);
    if (item == null) {
      return Result.DONE;
    }
    if (item.meta().hasDeletionTimestamp()) {
      return finish(item);
    }
    if (item.meta().getOwnerReferencesCount() > 0) {
      attendToOwners(item);
    }
    return Result.DONE;
  }

  private Result finish(Item item) {
    boolean orphan = item.meta().getFinalizersList().contains(ORPHAN);
    if (!orphan && !item.meta().getFinalizersList().contains(FOREGROUND)) {
      return Result.DONE;
    }
    if (!graph.isComplete()) {
      return Result.after(AGAIN); // a custom resource whose objects are not known yet
    }
    if (orphan) {
      orphanDependents(item);
    } else {
      deleteDependentsFirst(item);
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
    if (found == null && gone.contains(owner.getUid())) {
      return Presence.GONE;
    }
    ObjectMeta meta = found == null ? askServer(item, owner).orElse(null) : found.meta();
    if (meta == null) {
      return Presence.GONE;
    }
    boolean foreground =
        meta.hasDeletionTimestamp() && meta.getFinalizersList().contains(FOREGROUND);
    return foreground ? Presence.WAITING : Presence.PRESENT;
  }

  /// The owner's metadata if an object with its uid exists. An owner of a kind that is not served
  /// counts as present: nothing may be deleted for what we cannot see.
  private Optional<ObjectMeta> askServer(Item item, OwnerReference owner) {
    ResourceType<PartialObjectMetadata> type = typeOf(OwnerKind.of(owner));
    if (type == null) {
      return Optional.of(ObjectMeta.getDefaultInstance());
    }
    String namespace = type.namespaced() ? item.meta().getNamespace() : "";
    try {
      ObjectMeta meta = client.get(type, namespace, owner.getName()).getMetadata();
      return meta.getUid().equals(owner.getUid()) ? Optional.of(meta) : Optional.empty();
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
      // A server that does not serve the resource says so without a name.
      StatusDetails details = e.details();
      return details != null && details.name().equals(owner.getName())
          ? Optional.empty()
          : Optional.of(ObjectMeta.getDefaultInstance());
    }
  }

  private @Nullable ResourceType<PartialObjectMetadata> typeOf(OwnerKind kind) {
    Optional<ResourceInfo> known = ResourceInfos.ofKind(kind.group(), kind.version(), kind.kind());
    if (known.isPresent()) {
      ResourceInfo info = known.get();
      return ResourceTypes.metadata(
          kind.group(), kind.version(), info.resource(), info.kind(), info.namespaced());
    }
    for (CustomResourceDefinition definition :
        definitions.lister().byIndex(DEFINED_KIND, kind.groupKind())) {
      ResourceType<PartialObjectMetadata> type =
          CustomResources.metadata(definition, kind.version());
      if (type != null) {
        return type;
      }
    }
    return null;
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
