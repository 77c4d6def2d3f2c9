package io.kemudi.simulation;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.Informers;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Watches what must hold in every cluster at every moment and collects what did not: a pod stays
/// on its node, no node is given more than it has, revisions only grow, and what was deleted stays
/// deleted.
public final class Invariants {
  private static final List<String> RESOURCES = List.of("cpu", "memory");

  private final Informer<Node> nodes;
  private final List<String> violations = new ArrayList<>();
  // What the informer's thread has seen; all guarded by this.
  private final Map<String, String> nodeByUid = new HashMap<>();
  private final Map<String, Long> revisionByUid = new HashMap<>();
  private final Set<String> goneUids = new HashSet<>();
  private final Map<String, Pod> running = new HashMap<>(); // by uid: takes room on a node

  /// Before `informers` start.
  public Invariants(Informers informers) {
    nodes = informers.informer(ResourceTypes.NODES);
    informers
        .informer(ResourceTypes.PODS)
        .addHandler(
            new EventHandler<>() {
              @Override
              public void onAdd(Pod pod) {
                seen(pod);
              }

              @Override
              public void onUpdate(Pod before, Pod after) {
                seen(after);
              }

              @Override
              public void onDelete(Pod pod) {
                gone(pod);
              }
            });
  }

  /// What did not hold, in sentences; empty when all is well.
  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  private synchronized void seen(Pod pod) {
    String uid = pod.getMetadata().getUid();
    String name = pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    if (goneUids.contains(uid)) {
      violations.add(name + " was deleted and came back under the same uid " + uid);
    }
    long revision = Long.parseLong(pod.getMetadata().getResourceVersion());
    Long last = revisionByUid.put(uid, revision);
    if (last != null && last > revision) {
      violations.add(name + " went back from revision " + last + " to " + revision);
    }
    String node = pod.getSpec().getNodeName();
    String before = nodeByUid.put(uid, node);
    if (before != null && !before.isEmpty() && !before.equals(node)) {
      violations.add(name + " moved from node " + before + " to " + node);
    }
    String phase = pod.getStatus().getPhase();
    boolean ended = phase.equals("Succeeded") || phase.equals("Failed");
    if (node.isEmpty() || ended) {
      running.remove(uid);
    } else if (running.put(uid, pod) == null) {
      checkRoom(node);
    }
  }

  private synchronized void gone(Pod pod) {
    String uid = pod.getMetadata().getUid();
    goneUids.add(uid);
    nodeByUid.remove(uid);
    revisionByUid.remove(uid);
    running.remove(uid);
  }

  private void checkRoom(String name) {
    Node node = nodes.lister().get("", name);
    if (node == null) {
      return;
    }
    var allocatable = node.getStatus().getAllocatableMap();
    List<Pod> there =
        running.values().stream().filter(p -> p.getSpec().getNodeName().equals(name)).toList();
    checkAmount(name, "pods", Quantity.of(there.size()), allocatable);
    for (String resource : RESOURCES) {
      Quantity asked = Quantity.ZERO;
      for (Pod pod : there) {
        for (Container container : pod.getSpec().getContainersList()) {
          var requests = container.getResources().getRequestsMap();
          if (requests.containsKey(resource)) {
            asked = asked.plus(Quantity.parse(requests.get(resource).getString()));
          }
        }
      }
      checkAmount(name, resource, asked, allocatable);
    }
  }

  private void checkAmount(
      String node,
      String resource,
      Quantity asked,
      Map<String, io.kemudi.kubernetes.quantity.Quantity> allocatable) {
    var has = allocatable.get(resource);
    if (has != null && asked.compareTo(Quantity.parse(has.getString())) > 0) {
      violations.add(
          "node "
              + node
              + " was given "
              + asked
              + " of "
              + resource
              + ", it has "
              + has.getString());
    }
  }
}
