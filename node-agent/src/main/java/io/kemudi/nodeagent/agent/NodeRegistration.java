package io.kemudi.nodeagent.agent;

import static io.kemudi.apimachinery.resource.ResourceTypes.LEASES;
import static io.kemudi.apimachinery.resource.ResourceTypes.NODES;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.StatusResponse;
import io.kemudi.kubernetes.coordination.v1.Lease;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.NodeStatus;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.nodeagent.status.Times;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps the Node and its Lease true. Each method is one step and may be repeated; one thread.
final class NodeRegistration {
  static final Duration STATUS_EVERY = Duration.ofSeconds(10);
  private static final Duration REPORT_AT_LEAST = Duration.ofMinutes(5);
  private static final String LEASES_NAMESPACE = "kube-node-lease";

  private final NodeAgentConfig config;
  private final ApiClient client;
  private final Runtime runtime;
  private final Timers timers;
  private final int kubeletPort;
  private final Map<String, String> capacity;
  private @Nullable Node known;
  private @Nullable Lease lease;
  private @Nullable Instant reportedAt;
  private String toldPodCidr = "";

  NodeRegistration(
      NodeAgentConfig config,
      ApiClient client,
      Runtime runtime,
      Timers timers,
      int kubeletPort,
      Map<String, String> capacity) {
    this.config = config;
    this.client = client;
    this.runtime = runtime;
    this.timers = timers;
    this.kubeletPort = kubeletPort;
    this.capacity = capacity;
  }

  /// Creates the Node, or takes over the one that is there.
  void register() {
    Node node;
    try {
      node = client.get(NODES, "", config.nodeName());
      Node labelled = withLabels(node);
      if (!labelled.equals(node)) {
        node = client.update(NODES, labelled, WriteOptions.NONE);
      }
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
      node = client.create(NODES, fresh(), WriteOptions.NONE);
    }
    known = node;
  }

  private Node fresh() {
    Node.Builder node = Node.newBuilder();
    node.getMetadataBuilder()
        .setName(config.nodeName())
        .putAnnotations("volumes.kubernetes.io/controller-managed-attach-detach", "true");
    if (!config.podCidr().isEmpty()) {
      node.getSpecBuilder().setPodCIDR(config.podCidr()).addPodCIDRs(config.podCidr());
    }
    node.getSpecBuilder().addAllTaints(config.taints());
    Node labelled = withLabels(node.build());
    return labelled.toBuilder().setStatus(status(labelled.getStatus())).build();
  }

  private Node withLabels(Node node) {
    var labels = new TreeMap<>(config.labels());
    labels.put("kubernetes.io/hostname", config.nodeName());
    labels.put("kubernetes.io/os", "linux");
    labels.put("kubernetes.io/arch", Machine.architecture());
    labels.put("beta.kubernetes.io/os", "linux");
    labels.put("beta.kubernetes.io/arch", Machine.architecture());
    Node.Builder labelled = node.toBuilder();
    labelled.getMetadataBuilder().putAllLabels(labels);
    return labelled.build();
  }

  /// Writes the node's status when it has changed, and now and then when it has not.
  void report() {
    Node node = client.get(NODES, "", config.nodeName());
    known = node;
    tellPodCidr(node);
    NodeStatus status = status(node.getStatus());
    Instant now = timers.instant();
    boolean due = reportedAt == null || !now.isBefore(reportedAt.plus(REPORT_AT_LEAST));
    if (due || NodeStatuses.differ(status, node.getStatus())) {
      known =
          client.updateSubresource(
              NODES, "status", node.toBuilder().setStatus(status).build(), WriteOptions.NONE);
      reportedAt = now;
    }
  }

  /// Whether the node was Ready when it last reported.
  boolean isReady() {
    Node node = known;
    return node != null
        && node.getStatus().getConditionsList().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  /// Tells the runtime the range for pods as soon as it is known.
  void tellPodCidr(Node node) {
    String cidr = config.podCidr().isEmpty() ? node.getSpec().getPodCIDR() : config.podCidr();
    if (!cidr.isEmpty() && !cidr.equals(toldPodCidr)) {
      runtime.updatePodCidr(cidr);
      toldPodCidr = cidr;
    }
  }

  private NodeStatus status(NodeStatus before) {
    StatusResponse answer = null;
    String failure = "";
    List<Image> images = List.of();
    String version = "";
    try {
      var found = runtime.version();
      version = found.getRuntimeName() + "://" + found.getRuntimeVersion();
      answer = runtime.status();
      images = runtime.listImages();
    } catch (RuntimeFailure e) {
      failure = String.valueOf(e.getMessage());
      version = before.getNodeInfo().getContainerRuntimeVersion();
    }
    var facts =
        new NodeStatuses.Facts(
            config.nodeName(),
            config.nodeIp(),
            kubeletPort,
            capacity,
            Machine.info(version, NodeAgent.VERSION),
            answer,
            failure,
            images);
    return NodeStatuses.of(before, facts, timers.instant());
  }

  /// Says that the node lives: cheaper than its status, and what others watch for.
  void renewLease() {
    Lease next = renewed();
    try {
      lease =
          lease == null
              ? client.create(LEASES, next, WriteOptions.NONE)
              : client.update(LEASES, next, WriteOptions.NONE);
    } catch (ApiException e) {
      lease = null;
      if (e.is(StatusReason.ALREADY_EXISTS) || e.is(StatusReason.CONFLICT)) {
        lease = client.get(LEASES, LEASES_NAMESPACE, config.nodeName());
        lease = client.update(LEASES, renewed(), WriteOptions.NONE);
      } else if (!e.is(StatusReason.NOT_FOUND)) {
        throw e; // not found: deleted by someone, or its namespace is yet to come
      }
    }
  }

  private Lease renewed() {
    Lease.Builder next = lease == null ? Lease.newBuilder() : lease.toBuilder();
    next.getMetadataBuilder().setNamespace(LEASES_NAMESPACE).setName(config.nodeName());
    Node node = known;
    if (next.getMetadata().getOwnerReferencesCount() == 0 && node != null) {
      next.getMetadataBuilder()
          .addOwnerReferencesBuilder()
          .setApiVersion("v1")
          .setKind("Node")
          .setName(config.nodeName())
          .setUid(node.getMetadata().getUid());
    }
    next.getSpecBuilder()
        .setHolderIdentity(config.nodeName())
        .setLeaseDurationSeconds((int) Math.max(1, config.leaseDuration().toSeconds()))
        .setRenewTime(Times.micro(timers.instant()));
    return next.build();
  }
}
