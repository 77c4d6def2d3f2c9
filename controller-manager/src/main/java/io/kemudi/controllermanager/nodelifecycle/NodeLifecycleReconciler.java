package io.kemudi.controllermanager.nodelifecycle;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.events.Events;
import io.kemudi.client.events.References;
import io.kemudi.client.informer.Informer;
import io.kemudi.controllermanager.replicaset.PodStates;
import io.kemudi.kubernetes.coordination.v1.Lease;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.NodeCondition;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.core.v1.Taint;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Watches over nodes: one whose lease has not been renewed for the grace period is marked Unknown;
/// taints follow the conditions; pods of a node that is not ready stop being ready.
///
/// Renewal is judged by our own monotonic clock from the moment a change was seen, never by
/// comparing the node's clock with ours.
public final class NodeLifecycleReconciler implements Reconciler<ObjectKey> {
  static final String LEASE_NAMESPACE = "kube-node-lease";
  static final String PODS_BY_NODE = "node";

  private static final Set<String> HEARTBEAT_CONDITIONS =
      Set.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

  private final ApiClient client;
  private final Informer<Node> nodes;
  private final Informer<Lease> leases;
  private final Informer<Pod> pods;
  private final Events events;
  private final Timers timers;
  private final Duration gracePeriod;
  private final Map<String, Heartbeat> heartbeats = new ConcurrentHashMap<>();

  private record Heartbeat(String lease, String status, long seenNs) {}

  /// Needs the index [#indexByNode] on `pods`.
  public NodeLifecycleReconciler(
      ApiClient client,
      Informer<Node> nodes,
      Informer<Lease> leases,
      Informer<Pod> pods,
      Events events,
      Timers timers,
      Duration gracePeriod) {
    this.client = client;
    this.nodes = nodes;
    this.leases = leases;
    this.pods = pods;
    this.events = events;
    this.timers = timers;
    this.gracePeriod = gracePeriod;
  }

  /// Lets `pods` be found by their node; before the informer starts.
  public static void indexByNode(Informer<Pod> pods) {
    pods.addIndex(PODS_BY_NODE, p -> List.of(p.getSpec().getNodeName()));
  }

  /// The pods bound to a node.
  public static List<Pod> podsOf(Informer<Pod> pods, String node) {
    return pods.lister().byIndex(PODS_BY_NODE, node);
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Node node = nodes.lister().get(key);
    if (node == null) {
      heartbeats.remove(key.name());
      return Result.DONE;
    }
    Duration silence = silence(node);
    boolean lost = silence.compareTo(gracePeriod) >= 0;
    if (lost) {
      node = markUnknown(node);
    }
    node = taint(node);
    if (!NodeTaints.readyStatus(node).equals("True")) {
      markPodsNotReady(node);
    }
    return Result.after(lost ? gracePeriod : gracePeriod.minus(silence).plusMillis(1));
  }

  /// For how long nothing has been heard of the node.
  private Duration silence(Node node) {
    String name = node.getMetadata().getName();
    Lease lease = leases.lister().get(LEASE_NAMESPACE, name);
    String renewed = lease == null ? "" : lease.getMetadata().getResourceVersion();
    String status = heartbeatOf(node);
    long nowNs = timers.nanoTime();
    Heartbeat now =
        heartbeats.compute(
            name,
            (n, before) ->
                before != null && before.lease().equals(renewed) && before.status().equals(status)
                    ? before
                    : new Heartbeat(renewed, status, nowNs));
    return Duration.ofNanos(nowNs - now.seenNs());
  }

  private static String heartbeatOf(Node node) {
    for (NodeCondition condition : node.getStatus().getConditionsList()) {
      if (condition.getType().equals("Ready")) {
        return Long.toString(condition.getLastHeartbeatTime().getSeconds());
      }
    }
    return "";
  }

  private Node markUnknown(Node node) {
    var status = node.getStatus().toBuilder().clearConditions();
    Instant now = timers.instant();
    boolean changed = false;
    for (NodeCondition condition : node.getStatus().getConditionsList()) {
      if (HEARTBEAT_CONDITIONS.contains(condition.getType())
          && !condition.getStatus().equals("Unknown")) {
        status.addConditions(
            condition.toBuilder()
                .setStatus("Unknown")
                .setReason("NodeStatusUnknown")
                .setMessage("Kubelet stopped posting node status.")
                .setLastTransitionTime(PodStates.time(now)));
        changed = true;
      } else {
        status.addConditions(condition);
      }
    }
    if (!changed) {
      return node;
    }
    events.normal(
        References.to(ResourceTypes.NODES, node),
        "NodeNotReady",
        "Node " + node.getMetadata().getName() + " status is now: NodeNotReady");
    return client.updateSubresource(
        ResourceTypes.NODES,
        "status",
        node.toBuilder().setStatus(status).build(),
        WriteOptions.NONE);
  }

  private Node taint(Node node) {
    boolean anyReady =
        nodes.lister().list().stream().anyMatch(n -> NodeTaints.readyStatus(n).equals("True"));
    List<Taint> wanted = NodeTaints.wanted(node, anyReady, timers.instant());
    if (wanted.equals(node.getSpec().getTaintsList())) {
      return node;
    }
    var spec = node.getSpec().toBuilder().clearTaints().addAllTaints(wanted);
    return client.update(
        ResourceTypes.NODES, node.toBuilder().setSpec(spec).build(), WriteOptions.NONE);
  }

  /// So that Services stop sending to them: nobody else can say it, the node's agent being silent.
  private void markPodsNotReady(Node node) {
    for (Pod pod : podsOf(pods, node.getMetadata().getName())) {
      if (!PodStates.isReady(pod) || !NodeTaints.readyStatus(node).equals("Unknown")) {
        continue;
      }
      var status = pod.getStatus().toBuilder();
      for (int i = 0; i < status.getConditionsCount(); i++) {
        PodCondition condition = status.getConditions(i);
        if (condition.getType().equals("Ready")) {
          status.setConditions(
              i,
              condition.toBuilder()
                  .setStatus("False")
                  .setReason("NodeNotReady")
                  .setMessage("Node is not ready")
                  .setLastTransitionTime(PodStates.time(timers.instant())));
        }
      }
      try {
        client.updateSubresource(
            ResourceTypes.PODS,
            "status",
            pod.toBuilder().setStatus(status).build(),
            WriteOptions.NONE);
      } catch (ApiException e) {
        if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.CONFLICT)) {
          throw e;
        }
      }
    }
  }
}
