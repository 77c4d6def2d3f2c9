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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All objects of the cluster by uid and by owner, as metadata. It is nothing but indexes over
/// informers, so there is no second state to keep in step.
final class OwnershipGraph {
  private static final String UID = "uid";
  private static final String OWNER = "owner";

  /// They are many, short-lived, and owned by nobody (upstream ignores them too).
  private static final Set<String> IGNORED = Set.of("events");

  private final Map<String, Informer<PartialObjectMetadata>> informers = new LinkedHashMap<>();

  /// Asks `all` for an informer of every stored resource that can be deleted.
  OwnershipGraph(Informers all) {
    for (ResourceInfo info : ResourceInfos.all()) {
      if (!info.stored()
          || IGNORED.contains(info.resource())
          || !info.verbs().containsAll(List.of("list", "watch", "delete"))
          || informers.containsKey(info.keyPrefix())) {
        continue;
      }
      Informer<PartialObjectMetadata> informer =
          all.informer(
              ResourceTypes.metadata(
                  info.group(), info.version(), info.resource(), info.kind(), info.namespaced()));
      informer.addIndex(UID, o -> List.of(o.getMetadata().getUid()));
      informer.addIndex(
          OWNER,
          o ->
              o.getMetadata().getOwnerReferencesList().stream()
                  .map(OwnerReference::getUid)
                  .toList());
      informers.put(info.keyPrefix(), informer);
    }
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

  List<Informer<?>> informers() {
    return List.copyOf(informers.values());
  }

  List<Informer<PartialObjectMetadata>> typedInformers() {
    return List.copyOf(informers.values());
  }

  @Nullable Item find(GarbageCollector.Key key) {
    for (Informer<PartialObjectMetadata> informer : informers.values()) {
      if (informer.type().equals(key.type())) {
        PartialObjectMetadata object = informer.lister().get(key.object());
        return object == null ? null : new Item(informer.type(), object);
      }
    }
    return null;
  }

  @Nullable Item byUid(String uid) {
    List<Item> found = byIndex(UID, uid);
    return found.isEmpty() ? null : found.getFirst();
  }

  List<Item> dependents(String uid) {
    return byIndex(OWNER, uid);
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
