package io.kemudi.controllermanager.nodelifecycle;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.events.Events;
import io.kemudi.client.events.References;
import io.kemudi.client.informer.Informer;
import io.kemudi.controllermanager.replicaset.PodStates;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.core.v1.Taint;
import io.kemudi.kubernetes.core.v1.Toleration;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Deletes the pods of a node that do not tolerate its `NoExecute` taints, each when the time that
/// it tolerates them is over. The key is a node's.
public final class TaintEvictionReconciler implements Reconciler<ObjectKey> {
  private final ApiClient client;
  private final Informer<Node> nodes;
  private final Informer<Pod> pods;
  private final Events events;
  private final InstantSource clock;

  /// Needs the index [NodeLifecycleReconciler#indexByNode] on `pods`.
  public TaintEvictionReconciler(
      ApiClient client,
      Informer<Node> nodes,
      Informer<Pod> pods,
      Events events,
      InstantSource clock) {
    this.client = client;
    this.nodes = nodes;
    this.pods = pods;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Node node = nodes.lister().get(key);
    if (node == null) {
      return Result.DONE;
    }
    List<Taint> taints =
        node.getSpec().getTaintsList().stream()
            .filter(t -> t.getEffect().equals(NodeTaints.NO_EXECUTE))
            .toList();
    if (taints.isEmpty()) {
      return Result.DONE;
    }
    Instant now = clock.instant();
    Duration next = null;
    for (Pod pod : NodeLifecycleReconciler.podsOf(pods, key.name())) {
      if (pod.getMetadata().hasDeletionTimestamp()) {
        continue;
      }
      Optional<Instant> due = evictionTime(taints, pod.getSpec().getTolerationsList(), now);
      if (due.isPresent() && !due.get().isAfter(now)) {
        evict(pod);
      } else if (due.isPresent()) {
        Duration wait = Duration.between(now, due.get());
        next = next == null || wait.compareTo(next) < 0 ? wait : next;
      }
    }
    return next == null ? Result.DONE : Result.after(next);
  }

  /// When a pod with these tolerations has to go; empty: never. A taint without a time counts from
  /// now.
  static Optional<Instant> evictionTime(
      List<Taint> taints, List<Toleration> tolerations, Instant now) {
    Instant earliest = null;
    for (Taint taint : taints) {
      List<Toleration> matching = tolerations.stream().filter(t -> tolerates(t, taint)).toList();
      Instant added = taint.hasTimeAdded() ? PodStates.instant(taint.getTimeAdded()) : now;
      Instant due;
      if (matching.isEmpty()) {
        due = now;
      } else if (matching.stream().allMatch(Toleration::hasTolerationSeconds)) {
        long seconds =
            matching.stream().mapToLong(Toleration::getTolerationSeconds).min().orElse(0);
        due = added.plusSeconds(Math.max(0, seconds));
      } else {
        // Of several, the smallest number rules; none with a number: for ever.
        var numbers =
            matching.stream()
                .filter(Toleration::hasTolerationSeconds)
                .mapToLong(Toleration::getTolerationSeconds)
                .min();
        if (numbers.isEmpty()) {
          continue;
        }
        due = added.plusSeconds(Math.max(0, numbers.getAsLong()));
      }
      earliest = earliest == null || due.isBefore(earliest) ? due : earliest;
    }
    return Optional.ofNullable(earliest);
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    boolean effect =
        toleration.getEffect().isEmpty() || toleration.getEffect().equals(taint.getEffect());
    boolean key = toleration.getKey().isEmpty() || toleration.getKey().equals(taint.getKey());
    boolean exists = toleration.getOperator().equals("Exists");
    boolean value = exists || toleration.getValue().equals(taint.getValue());
    return effect && key && value && (exists || !toleration.getKey().isEmpty());
  }

  private void evict(Pod pod) {
    String name = pod.getMetadata().getName();
    String namespace = pod.getMetadata().getNamespace();
    try {
      var disrupted =
          pod.getStatus().toBuilder()
              .addConditions(
                  PodCondition.newBuilder()
                      .setType("DisruptionTarget")
                      .setStatus("True")
                      .setReason("DeletionByTaintManager")
                      .setMessage("Taint manager: deleting due to NoExecute taint")
                      .setLastTransitionTime(PodStates.time(clock.instant())));
      client.updateSubresource(
          ResourceTypes.PODS,
          "status",
          pod.toBuilder().setStatus(disrupted).build(),
          WriteOptions.NONE);
      client.delete(
          ResourceTypes.PODS,
          namespace,
          name,
          DeleteOptions.NONE.onlyUid(pod.getMetadata().getUid()));
      events.normal(
          References.to(ResourceTypes.PODS, pod),
          "TaintManagerEviction",
          "Marking for deletion Pod " + namespace + "/" + name);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e; // a conflict too: the next look sees the newer pod
      }
    }
  }
}
