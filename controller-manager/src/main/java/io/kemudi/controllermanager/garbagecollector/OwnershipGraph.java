package io.kemudi.controllermanager.garbagecollector;

import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.Informers;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All objects of the cluster by uid and by owner, as metadata. It is nothing but indexes over
/// informers, so there is no second state to keep in step.
final class OwnershipGraph {
  private static final String UID = "uid";
  private static final String OWNER = "owner";
  private static final String OWNER_KIND = "owner-kind";

  /// They are many, short-lived, and owned by nobody (upstream ignores them too).
  private static final Set<String> IGNORED = Set.of("events");

  private final Map<ResourceType<?>, Informer<PartialObjectMetadata>> informers =
      new ConcurrentHashMap<>();

  /// Asks `all` for an informer of every built-in stored resource that can be deleted. Those of
  /// custom resources are added and removed as they come and go.
  OwnershipGraph(Informers all) {
    Set<String> stored = new HashSet<>();
    for (ResourceInfo info : ResourceInfos.all()) {
      if (!info.stored()
          || IGNORED.contains(info.resource())
          || !info.verbs().containsAll(List.of("list", "watch", "delete"))
          || !stored.add(info.keyPrefix())) {
        continue;
      }
      Informer<PartialObjectMetadata> informer =
          all.informer(
              ResourceTypes.metadata(
                  info.group(), info.version(), info.resource(), info.kind(), info.namespaced()));
      index(informer);
      add(informer);
    }
  }

  /// Makes an informer fit for [#add], before it begins.
  static void index(Informer<PartialObjectMetadata> informer) {
    informer.addIndex(UID, o -> List.of(o.getMetadata().getUid()));
    informer.addIndex(
        OWNER,
        o ->
            o.getMetadata().getOwnerReferencesList().stream().map(OwnerReference::getUid).toList());
    informer.addIndex(
        OWNER_KIND,
        o ->
            o.getMetadata().getOwnerReferencesList().stream()
                .map(OwnerKind::of)
                .filter(Predicate.not(OwnerKind::isBuiltIn))
                .map(OwnerKind::groupKind)
                .toList());
  }

  void add(Informer<PartialObjectMetadata> informer) {
    informers.put(informer.type(), informer);
  }

  void remove(Informer<PartialObjectMetadata> informer) {
    informers.remove(informer.type(), informer);
  }

  /// Whether every informer has its first state, so that no dependent is missing for that reason.
  boolean isComplete() {
    return informers.values().stream().allMatch(Informer::hasSynced);
  }

  /// An object together with its resource.
  record Item(ResourceType<PartialObjectMetadata> type, PartialObjectMetadata object) {
    ObjectMeta meta() {
      return object.getMetadata();
    }

    GarbageCollector.Key key() {
      return new GarbageCollector.Key(type, type.key(object));
    }
  }

  List<Informer<PartialObjectMetadata>> informers() {
    return List.copyOf(informers.values());
  }

  @Nullable Item find(GarbageCollector.Key key) {
    Informer<PartialObjectMetadata> informer = informers.get(key.type());
    if (informer == null) {
      return null;
    }
    PartialObjectMetadata object = informer.lister().get(key.object());
    return object == null ? null : new Item(informer.type(), object);
  }

  @Nullable Item byUid(String uid) {
    List<Item> found = byIndex(UID, uid);
    return found.isEmpty() ? null : found.getFirst();
  }

  List<Item> dependents(String uid) {
    return byIndex(OWNER, uid);
  }

  /// What names an owner of this kind, which is not built in.
  List<Item> dependentsOfKind(String groupKind) {
    return byIndex(OWNER_KIND, groupKind);
  }

  private List<Item> byIndex(String index, String value) {
    var found = new ArrayList<Item>();
    for (Informer<PartialObjectMetadata> informer : informers.values()) {
      for (PartialObjectMetadata object : informer.lister().byIndex(index, value)) {
        found.add(new Item(informer.type(), object));
      }
    }
    return found;
  }
}
