package io.kemudi.scheduler;

import static io.kemudi.apimachinery.resource.ResourceTypes.REPLICATION_CONTROLLERS;
import static io.kemudi.apimachinery.resource.ResourceTypes.REPLICA_SETS;
import static io.kemudi.apimachinery.resource.ResourceTypes.SERVICES;
import static io.kemudi.apimachinery.resource.ResourceTypes.STATEFUL_SETS;

import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.Informers;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.apps.v1.StatefulSet;
import io.kemudi.kubernetes.core.v1.ReplicationController;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.plugins.PodTopologySpread.Workloads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The Services that select a pod and the set that owns it, from informers.
final class ListedWorkloads implements Workloads {
  private static final LabelSelector NOTHING = LabelSelector.NOTHING;

  private final Informer<Service> services;
  private final Informer<ReplicaSet> replicaSets;
  private final Informer<StatefulSet> statefulSets;
  private final Informer<ReplicationController> controllers;

  ListedWorkloads(Informers informers) {
    services = informers.informer(SERVICES);
    replicaSets = informers.informer(REPLICA_SETS);
    statefulSets = informers.informer(STATEFUL_SETS);
    controllers = informers.informer(REPLICATION_CONTROLLERS);
  }

  List<Informer<?>> informers() {
    return List.of(services, replicaSets, statefulSets, controllers);
  }

  @Override
  public LabelSelector selectorOf(PodInfo pod) {
    var all = new ArrayList<LabelSelector.Requirement>();
    for (Service service : services.lister().list(pod.key().namespace())) {
      Map<String, String> selector = service.getSpec().getSelectorMap();
      if (!selector.isEmpty() && pod.labels().entrySet().containsAll(selector.entrySet())) {
        all.addAll(LabelSelector.ofLabels(selector).requirements());
      }
    }
    for (OwnerReference owner : pod.pod().getMetadata().getOwnerReferencesList()) {
      if (owner.getController()) {
        all.addAll(ofOwner(owner, pod.key().namespace()).requirements());
      }
    }
    return all.isEmpty() ? LabelSelector.NOTHING : LabelSelector.of(all);
  }

  private LabelSelector ofOwner(OwnerReference owner, String namespace) {
    return switch (owner.getKind()) {
      case "ReplicaSet" -> {
        ReplicaSet set = replicaSets.lister().get(namespace, owner.getName());
        yield set == null ? NOTHING : LabelSelector.of(set.getSpec().getSelector());
      }
      case "StatefulSet" -> {
        StatefulSet set = statefulSets.lister().get(namespace, owner.getName());
        yield set == null ? NOTHING : LabelSelector.of(set.getSpec().getSelector());
      }
      case "ReplicationController" -> {
        ReplicationController set = controllers.lister().get(namespace, owner.getName());
        yield set == null ? NOTHING : LabelSelector.ofLabels(set.getSpec().getSelectorMap());
      }
      default -> NOTHING;
    };
  }
}
