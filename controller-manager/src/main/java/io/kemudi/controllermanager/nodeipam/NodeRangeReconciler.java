package io.kemudi.controllermanager.nodeipam;

import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.informer.Informer;
import io.kemudi.kubernetes.core.v1.Node;
import java.util.HashSet;
import java.util.Set;

/// Gives each node a /24 of the pod range, the lowest free one. Runs with one worker, and remembers
/// what it gave until the local copy shows it, so that no two nodes get the same.
public final class NodeRangeReconciler implements Reconciler<ObjectKey> {
  private static final int NODE_BITS = 8;

  private final ApiClient client;
  private final Informer<Node> nodes;
  private final long base;
  private final int count;
  private final Set<String> given = new HashSet<>();

  /// `podRange` is an IPv4 range of at most /24, such as `10.244.0.0/16`.
  public NodeRangeReconciler(ApiClient client, Informer<Node> nodes, String podRange) {
    this.client = client;
    this.nodes = nodes;
    String[] parts = podRange.split("/");
    int prefix = parts.length == 2 ? Integer.parseInt(parts[1]) : 99;
    if (prefix > 32 - NODE_BITS) {
      throw new IllegalArgumentException(
          "the pod range " + podRange + " has no room for a /24 a node: use a /24 or larger");
    }
    this.base = parse(parts[0]);
    this.count = 1 << (32 - NODE_BITS - prefix);
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Node node = nodes.lister().get(key);
    if (node == null || !node.getSpec().getPodCIDR().isEmpty()) {
      return Result.DONE;
    }
    var taken = new HashSet<String>();
    for (Node other : nodes.lister().list()) {
      taken.add(other.getSpec().getPodCIDR());
      given.remove(other.getSpec().getPodCIDR());
    }
    taken.addAll(given);
    for (int i = 0; i < count; i++) {
      String range = format(base + ((long) i << NODE_BITS)) + "/" + (32 - NODE_BITS);
      if (!taken.contains(range)) {
        assign(key, range);
        return Result.DONE;
      }
    }
    throw new IllegalStateException(
        "no free /24 for node " + key.name() + ": all " + count + " of the pod range are taken");
  }

  private void assign(ObjectKey key, String range) {
    String patch = "{\"spec\":{\"podCIDR\":\"%1$s\",\"podCIDRs\":[\"%1$s\"]}}".formatted(range);
    client.patch(
        ResourceTypes.NODES, "", key.name(), "", Patch.strategic(patch), WriteOptions.NONE);
    given.add(range);
  }

  private static long parse(String address) {
    long value = 0;
    for (String part : address.split("\\.")) {
      value = value << 8 | Integer.parseInt(part);
    }
    return value;
  }

  private static String format(long address) {
    return (address >> 24 & 255)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }
}
