package io.kemudi.nodeagent.agent;

import static io.kemudi.apimachinery.resource.ResourceTypes.CONFIG_MAPS;
import static io.kemudi.apimachinery.resource.ResourceTypes.SECRETS;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.kubernetes.core.v1.VolumeProjection;
import io.kemudi.nodeagent.status.PodPhase;
import io.kemudi.time.Timers;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Follows the ConfigMaps and Secrets that volumes of the node's pods are made of, each by a watch
/// of its own (an agent may read what its pods refer to, and no more), so that a change reaches the
/// files at once. Watches come and go with the pods. Over gRPC they share one stream.
final class ReferenceWatches implements AutoCloseable {
  /// Each names one object to follow.
  record Reference(ResourceType<?> type, String namespace, String name) {}

  private final ApiClient client;
  private final Timers timers;
  private final BiConsumer<Reference, Message> learned;
  private final Consumer<String> changed;

  private final Map<Reference, SharedInformers> watches = new HashMap<>(); // guarded by this
  private Map<Reference, Set<String>> wanted = Map.of(); // uids by what they refer to
  private boolean closed;

  /// @param learned is told what the objects are now, on any thread
  /// @param changed is told after that the uids of the pods whose volumes may have changed
  ReferenceWatches(
      ApiClient client,
      Timers timers,
      BiConsumer<Reference, Message> learned,
      Consumer<String> changed) {
    this.client = client;
    this.timers = timers;
    this.learned = learned;
    this.changed = changed;
  }

  /// Follows what these pods refer to, and nothing else. Idempotent.
  synchronized void follow(Collection<Pod> pods) {
    if (closed) {
      return;
    }
    var now = new HashMap<Reference, Set<String>>();
    for (Pod pod : pods) {
      if (!PodPhase.isTerminal(pod.getStatus().getPhase())) {
        for (Reference reference : references(pod)) {
          now.computeIfAbsent(reference, _ -> new HashSet<>()).add(pod.getMetadata().getUid());
        }
      }
    }
    wanted = now;
    watches
        .entrySet()
        .removeIf(entry -> {
          boolean over = !now.containsKey(entry.getKey());
          if (over) {
            entry.getValue().close();
          }
          return over;
        });
    for (Reference reference : now.keySet()) {
      watches.computeIfAbsent(reference, this::open);
    }
  }

  private SharedInformers open(Reference reference) {
    var informers = new SharedInformers(client, timers, reference.hashCode());
    handle(informers, reference.type(), reference);
    informers.start();
    return informers;
  }

  private <T extends Message> void handle(
      SharedInformers informers, ResourceType<T> type, Reference reference) {
    var selection =
        ListOptions.in(reference.namespace()).fields("metadata.name=" + reference.name());
    Informer<T> informer = informers.informer(type, selection);
    informer.addHandler(
        new EventHandler<>() {
          @Override
          public void onAdd(T object) {
            tell(reference, object);
          }

          @Override
          public void onUpdate(T before, T after) {
            tell(reference, after);
          }

          @Override
          public void onDelete(T object) {
            // What a running pod has it keeps, as upstream: it may be made anew in a moment.
          }
        });
  }

  private void tell(Reference reference, Message object) {
    learned.accept(reference, object);
    Set<String> pods;
    synchronized (this) {
      pods = wanted.getOrDefault(reference, Set.of());
    }
    pods.forEach(changed);
  }

  /// What the pod's volumes are made of.
  static Set<Reference> references(Pod pod) {
    var found = new HashSet<Reference>();
    String namespace = pod.getMetadata().getNamespace();
    for (Volume volume : pod.getSpec().getVolumesList()) {
      var source = volume.getVolumeSource();
      if (source.hasConfigMap()) {
        String name = source.getConfigMap().getLocalObjectReference().getName();
        found.add(new Reference(CONFIG_MAPS, namespace, name));
      } else if (source.hasSecret()) {
        found.add(new Reference(SECRETS, namespace, source.getSecret().getSecretName()));
      } else {
        List<VolumeProjection> projections = source.getProjected().getSourcesList();
        for (VolumeProjection projection : projections) {
          if (projection.hasConfigMap()) {
            String name = projection.getConfigMap().getLocalObjectReference().getName();
            found.add(new Reference(CONFIG_MAPS, namespace, name));
          } else if (projection.hasSecret()) {
            String name = projection.getSecret().getLocalObjectReference().getName();
            found.add(new Reference(SECRETS, namespace, name));
          }
        }
      }
    }
    return found;
  }

  @Override
  public synchronized void close() {
    closed = true;
    watches.values().forEach(SharedInformers::close);
    watches.clear();
  }
}
