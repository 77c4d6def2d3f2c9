package io.kemudi.controllermanager.nodelifecycle;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.informer.Informer;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Removes pods that no agent will ever confirm: bound to a node that no longer exists, or deleted
/// before they were bound to any. The key is a pod's.
public final class LostPodsReconciler implements Reconciler<ObjectKey> {
  /// A node that is being registered anew gets this long to come back (upstream's quarantine).
  private static final Duration QUARANTINE = Duration.ofSeconds(40);

  private final ApiClient client;
  private final Informer<Pod> pods;
  private final Informer<Node> nodes;
  private final Timers timers;
  private final Map<ObjectKey, Long> missingSinceNs = new ConcurrentHashMap<>();

  public LostPodsReconciler(
      ApiClient client, Informer<Pod> pods, Informer<Node> nodes, Timers timers) {
    this.client = client;
    this.pods = pods;
    this.nodes = nodes;
    this.timers = timers;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Pod pod = pods.lister().get(key);
    String node = pod == null ? "" : pod.getSpec().getNodeName();
    if (pod == null || (!node.isEmpty() && nodes.lister().get("", node) != null)) {
      missingSinceNs.remove(key);
      return Result.DONE;
    }
    if (node.isEmpty()) {
      if (pod.getMetadata().hasDeletionTimestamp()) {
        remove(pod);
      }
      return Result.DONE;
    }
    long nowNs = timers.nanoTime();
    long sinceNs = missingSinceNs.computeIfAbsent(key, k -> nowNs);
    Duration left = QUARANTINE.minusNanos(nowNs - sinceNs);
    if (left.isPositive()) {
      return Result.after(left);
    }
    remove(pod);
    missingSinceNs.remove(key);
    return Result.DONE;
  }

  private void remove(Pod pod) {
    try {
      client.delete(
          ResourceTypes.PODS,
          pod.getMetadata().getNamespace(),
          pod.getMetadata().getName(),
          DeleteOptions.NONE.grace(0).onlyUid(pod.getMetadata().getUid()));
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.CONFLICT)) {
        throw e;
      }
    }
  }
}
