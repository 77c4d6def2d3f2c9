package io.kemudi.scheduler;

import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Taint;
import io.kemudi.kubernetes.quantity.Quantity;

/// Nodes for tests: 4 CPUs, 8 GiB, 110 pods unless said otherwise.
public final class NodeBuilder {
  private final Node.Builder node = Node.newBuilder();

  private NodeBuilder(String name) {
    node.getMetadataBuilder()
        .setName(name)
        .setUid("uid-" + name)
        .putLabels("kubernetes.io/hostname", name);
    allocatable("cpu", "4").allocatable("memory", "8Gi").allocatable("pods", "110");
  }

  public static NodeBuilder node(String name) {
    return new NodeBuilder(name);
  }

  public NodeBuilder allocatable(String resource, String amount) {
    node.getStatusBuilder()
        .putAllocatable(resource, Quantity.newBuilder().setString(amount).build());
    return this;
  }

  public NodeBuilder label(String key, String value) {
    node.getMetadataBuilder().putLabels(key, value);
    return this;
  }

  public NodeBuilder zone(String zone) {
    return label("topology.kubernetes.io/zone", zone);
  }

  public NodeBuilder taint(String key, String value, String effect) {
    node.getSpecBuilder()
        .addTaints(Taint.newBuilder().setKey(key).setValue(value).setEffect(effect));
    return this;
  }

  public NodeBuilder cordoned() {
    node.getSpecBuilder().setUnschedulable(true);
    return this;
  }

  public Node build() {
    return node.build();
  }
}
