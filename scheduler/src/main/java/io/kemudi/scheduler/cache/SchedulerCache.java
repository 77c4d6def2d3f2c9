package io.kemudi.scheduler.cache;

import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.scheduler.framework.NamespaceLabels;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ResourceNames;
import io.kemudi.scheduler.framework.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What runs where: what the server said, and ahead of it what this scheduler has decided. Owner of
/// the [Snapshot]. Used by the scheduling thread only.
///
/// ```
///            assume             placed (the server shows it)
///   (none) --------> ASSUMED ---------------------------------> PLACED
///              forget  |  |  bound, then silence for LIMIT         | gone
///   (none) <-----------+--+----------------------------------- <---+
/// ```
public final class SchedulerCache {
  /// How long after a successful binding the server may take to show it. Semi-arbitrary: far longer
  /// than any watch lags, so that what expires is a binding that was lost.
  static final Duration ASSUMED_LIMIT = Duration.ofMinutes(5);

  private final ResourceNames names;
  private final Snapshot snapshot;
  private final Map<String, Placed> pods = new HashMap<>(); // uid -> where
  private final Map<String, Long> expiries = new LinkedHashMap<>(); // uid -> due, in order
  // node name -> pods on a node that is not known (yet, or no longer)
  private final Map<String, Map<String, PodInfo>> homeless = new HashMap<>();

  private record Placed(PodInfo pod, String node, boolean assumed) {}

  public SchedulerCache(ResourceNames names, NamespaceLabels namespaceLabels) {
    this.names = names;
    this.snapshot = new Snapshot(names, namespaceLabels);
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  public PodInfo info(Pod pod) {
    return new PodInfo(pod, names);
  }

  /// @return the node as it was known, null when it is new
  public @Nullable Node putNode(Node node) {
    String name = node.getMetadata().getName();
    int known = snapshot.row(name);
    Node before = known < 0 ? null : snapshot.node(known);
    int row = snapshot.putNode(node);
    Map<String, PodInfo> waiting = homeless.remove(name);
    if (waiting != null) {
      waiting.values().forEach(pod -> snapshot.addPod(pod, row));
    }
    return before;
  }

  /// Its pods are still known, in case it comes back.
  public void removeNode(String name) {
    for (PodInfo pod : snapshot.removeNode(name)) {
      homeless.computeIfAbsent(name, _ -> new HashMap<>()).put(pod.uid(), pod);
    }
  }

  /// The server shows this pod on a node: news, a confirmation, or a change.
  ///
  /// @return the pod as it was known, null when it is new
  public @Nullable PodInfo placed(Pod pod) {
    PodInfo info = info(pod);
    Placed before = pods.get(info.uid());
    take(info.uid());
    put(new Placed(info, pod.getSpec().getNodeName(), false));
    return before == null ? null : before.pod();
  }

  /// @return the pod as it was known, null when it was not
  public @Nullable PodInfo gone(String uid) {
    Placed before = take(uid);
    return before == null ? null : before.pod();
  }

  /// Counts the pod as running on the node from now on.
  public void assume(PodInfo pod, String node) {
    if (pods.containsKey(pod.uid())) {
      throw new IllegalStateException(pod + " is on a node already");
    }
    put(new Placed(pod, node, true));
  }

  /// The server accepted the binding; soon the pod should be seen.
  public void bound(String uid, long nowNs) {
    Placed placed = pods.get(uid);
    if (placed != null && placed.assumed()) {
      expiries.put(uid, nowNs + ASSUMED_LIMIT.toNanos());
    }
  }

  /// The decision is taken back. Nothing happens when the server has shown the pod meanwhile.
  public void forget(PodInfo pod) {
    Placed placed = pods.get(pod.uid());
    if (placed != null && placed.assumed()) {
      take(pod.uid());
    }
  }

  /// Forgets bound pods that never showed, and gives them back.
  public List<PodInfo> expire(long nowNs) {
    List<PodInfo> expired = new ArrayList<>();
    for (Map.Entry<String, Long> entry : List.copyOf(expiries.entrySet())) {
      if (entry.getValue() > nowNs) {
        break; // they stand in order
      }
      Placed placed = take(entry.getKey());
      if (placed != null) {
        expired.add(placed.pod());
      }
    }
    return expired;
  }

  /// How many pods count somewhere.
  public int size() {
    return pods.size();
  }

  public boolean knows(String uid) {
    return pods.containsKey(uid);
  }

  public boolean assumed(String uid) {
    Placed placed = pods.get(uid);
    return placed != null && placed.assumed();
  }

  public @Nullable String nodeOf(String uid) {
    Placed placed = pods.get(uid);
    return placed == null ? null : placed.node();
  }

  /// The keys of all pods that count somewhere; for checks.
  public List<ObjectKey> keys() {
    return pods.values().stream().map(placed -> placed.pod().key()).toList();
  }

  private void put(Placed placed) {
    pods.put(placed.pod().uid(), placed);
    int row = snapshot.row(placed.node());
    if (row >= 0) {
      snapshot.addPod(placed.pod(), row);
    } else {
      homeless
          .computeIfAbsent(placed.node(), _ -> new HashMap<>())
          .put(placed.pod().uid(), placed.pod());
    }
  }

  private @Nullable Placed take(String uid) {
    Placed placed = pods.remove(uid);
    expiries.remove(uid);
    if (placed == null) {
      return null;
    }
    int row = snapshot.row(placed.node());
    if (row >= 0) {
      snapshot.removePod(placed.pod(), row);
    } else {
      takeHomeless(placed.node(), uid);
    }
    return placed;
  }

  private void takeHomeless(String node, String uid) {
    Map<String, PodInfo> waiting = homeless.get(node);
    if (waiting != null) {
      waiting.remove(uid);
      if (waiting.isEmpty()) {
        homeless.remove(node);
      }
    }
  }
}
