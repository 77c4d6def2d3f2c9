package io.kemudi.controllermanager.deployment;

import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides the sizes of a Deployment's ReplicaSets: a pure function from what is to what comes
/// next.
///
/// Invariants, whatever the state: pods that count never exceed replicas + maxSurge by our doing,
/// and scaling down never takes available pods below replicas - maxUnavailable.
final class DeploymentRollout {
  private static final Comparator<ReplicaSet> OLDEST_FIRST =
      Comparator.<ReplicaSet>comparingLong(s -> s.getMetadata().getCreationTimestamp().getSeconds())
          .thenComparing(s -> s.getMetadata().getName());

  private final Deployment deployment;
  private final @Nullable ReplicaSet current;
  private final List<ReplicaSet> old;
  private final RollingUpdate limits;
  private final Map<String, Integer> sizes = new LinkedHashMap<>();

  /// `current` is the set of the deployment's template, null when there is none yet; `old` are all
  /// others.
  DeploymentRollout(Deployment deployment, @Nullable ReplicaSet current, List<ReplicaSet> old) {
    this.deployment = deployment;
    this.current = current;
    this.old = old.stream().sorted(OLDEST_FIRST).toList();
    this.limits = RollingUpdate.of(deployment);
    all().forEach(s -> sizes.put(s.getMetadata().getName(), s.getSpec().getReplicas()));
  }

  /// The sizes that the sets should have now, by name; those that need no change included.
  Map<String, Integer> sizes() {
    if (deployment.getSpec().getPaused() || isScalingEvent()) {
      scaleProportionally();
    } else if (deployment.getSpec().getStrategy().getType().equals(RollingUpdate.TYPE)) {
      if (!growCurrent()) {
        shrinkOld();
      }
    } else {
      recreate();
    }
    return sizes;
  }

  /// The size that a new set of the template begins with.
  int initialSize() {
    boolean rolling = deployment.getSpec().getStrategy().getType().equals(RollingUpdate.TYPE);
    if (rolling) {
      return grown(0);
    }
    return totalOf(old) == 0 ? desired() : 0;
  }

  private int desired() {
    return deployment.getSpec().getReplicas();
  }

  private List<ReplicaSet> all() {
    var all = new ArrayList<>(old);
    if (current != null) {
      all.add(current);
    }
    return all;
  }

  /// Whether `spec.replicas` changed since the sets were last sized, which each of them remembers.
  private boolean isScalingEvent() {
    for (ReplicaSet set : all()) {
      if (set.getSpec().getReplicas() == 0) {
        continue;
      }
      String seen = set.getMetadata().getAnnotationsOrDefault(RevisionHistory.DESIRED, "");
      if (!seen.isEmpty() && !seen.equals(Integer.toString(desired()))) {
        return true;
      }
    }
    return false;
  }

  /// One active set takes the whole size; several share the difference in proportion to their
  /// sizes, the largest (then the newest) first, so that a paused or half-way rollout keeps its
  /// shape.
  private void scaleProportionally() {
    List<ReplicaSet> active = all().stream().filter(s -> s.getSpec().getReplicas() > 0).toList();
    if (active.size() <= 1) {
      ReplicaSet only = active.isEmpty() ? current : active.getFirst();
      if (only != null) {
        sizes.put(only.getMetadata().getName(), desired());
      }
      return;
    }
    if (current != null && saturated(current)) {
      old.forEach(s -> sizes.put(s.getMetadata().getName(), 0));
      return;
    }
    if (!deployment.getSpec().getStrategy().getType().equals(RollingUpdate.TYPE)) {
      return;
    }
    int total = totalOf(active);
    int allowed = desired() > 0 ? desired() + limits.maxSurge() : 0;
    int left = allowed - total;
    List<ReplicaSet> largestFirst =
        active.stream()
            .sorted(
                Comparator.<ReplicaSet>comparingInt(s -> -s.getSpec().getReplicas())
                    .thenComparing(OLDEST_FIRST.reversed()))
            .toList();
    for (ReplicaSet set : largestFirst) {
      int share = share(set, allowed, left);
      sizes.merge(set.getMetadata().getName(), share, Integer::sum);
      left -= share;
    }
    // What rounding left over goes to the first.
    String first = largestFirst.getFirst().getMetadata().getName();
    sizes.put(first, Math.max(0, sizes.getOrDefault(first, 0) + left));
  }

  private static int share(ReplicaSet set, int allowed, int left) {
    if (left == 0) {
      return 0;
    }
    int size = set.getSpec().getReplicas();
    int before = annotation(set, RevisionHistory.MAX, Math.max(size, 1));
    long scaled = Math.round((double) size * allowed / before) - size;
    return (int)
        (left > 0 ? Math.min(Math.max(scaled, 0), left) : Math.max(Math.min(scaled, 0), left));
  }

  private boolean saturated(ReplicaSet set) {
    int seen = annotation(set, RevisionHistory.DESIRED, -1);
    return set.getSpec().getReplicas() == desired()
        && seen == desired()
        && set.getStatus().getAvailableReplicas() == desired();
  }

  private static int annotation(ReplicaSet set, String name, int absent) {
    String text = set.getMetadata().getAnnotationsOrDefault(name, "");
    try {
      return text.isEmpty() ? absent : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  private boolean growCurrent() {
    if (current == null) {
      return false;
    }
    int size = current.getSpec().getReplicas();
    int next = size > desired() ? desired() : grown(size);
    sizes.put(current.getMetadata().getName(), next);
    return next != size;
  }

  /// As large as `size` may become under the surge.
  private int grown(int size) {
    if (!old.stream().allMatch(DeploymentRollout::reported)) {
      return size; // how many pods it has is not known; its report brings us here again
    }
    int total = podsOf(old) + size;
    int room = desired() + limits.maxSurge() - total;
    return room <= 0 ? size : Math.max(size, Math.min(size + room, desired()));
  }

  private void shrinkOld() {
    int oldTotal = totalOf(old);
    if (oldTotal == 0 || current == null) {
      return;
    }
    int minAvailable = desired() - limits.maxUnavailable();
    int currentUnavailable = current.getSpec().getReplicas() - availableOf(current);
    int spare = oldTotal + current.getSpec().getReplicas() - minAvailable - currentUnavailable;
    if (spare <= 0) {
      return;
    }
    // Pods that do not serve go first: taking them costs nobody anything.
    int left = spare;
    for (ReplicaSet set : old) {
      int size = size(set);
      int broken = size - availableOf(set);
      int take = Math.min(left, Math.max(0, broken));
      sizes.put(set.getMetadata().getName(), size - take);
      left -= take;
    }
    int available = all().stream().mapToInt(DeploymentRollout::availableOf).sum();
    left = available - minAvailable;
    for (ReplicaSet set : old) {
      if (left <= 0) {
        return;
      }
      int size = size(set);
      int take = Math.min(left, size);
      sizes.put(set.getMetadata().getName(), size - take);
      left -= take;
    }
  }

  /// All old pods go before the first new one comes; `DeploymentReconciler` waits until they have.
  private void recreate() {
    old.forEach(s -> sizes.put(s.getMetadata().getName(), 0));
    if (current != null && totalOf(old) == 0) {
      sizes.put(current.getMetadata().getName(), desired());
    }
  }

  private int size(ReplicaSet set) {
    return sizes.getOrDefault(set.getMetadata().getName(), 0);
  }

  /// What the sets hold or may yet make. A set that was told to shrink counts with the pods that it
  /// still has: those that replace them wait until they have gone.
  private static int podsOf(List<ReplicaSet> sets) {
    return sets.stream()
        .mapToInt(s -> Math.max(s.getSpec().getReplicas(), s.getStatus().getReplicas()))
        .sum();
  }

  /// Whether the set's status was written after it was last resized.
  private static boolean reported(ReplicaSet set) {
    return set.getStatus().getObservedGeneration() >= set.getMetadata().getGeneration();
  }

  /// Of a set that was told to shrink only what it keeps: the status still counts the rest.
  private static int availableOf(ReplicaSet set) {
    return Math.min(set.getStatus().getAvailableReplicas(), set.getSpec().getReplicas());
  }

  private static int totalOf(List<ReplicaSet> sets) {
    return sets.stream().mapToInt(s -> s.getSpec().getReplicas()).sum();
  }
}
