package io.kemudi.controllermanager.deployment;

import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The annotations by which `kubectl rollout` knows a Deployment's past.
final class RevisionHistory {
  static final String REVISION = "deployment.kubernetes.io/revision";
  static final String PAST_REVISIONS = "deployment.kubernetes.io/revision-history";
  static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
  static final String MAX = "deployment.kubernetes.io/max-replicas";

  /// Not copied from a Deployment to its sets.
  private static final Set<String> OWN =
      Set.of(
          "kubectl.kubernetes.io/last-applied-configuration",
          REVISION,
          PAST_REVISIONS,
          DESIRED,
          MAX,
          "deprecated.deployment.rollback.to");

  private RevisionHistory() {}

  static long revision(ObjectMeta meta) {
    try {
      return Long.parseLong(meta.getAnnotationsOrDefault(REVISION, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  static long newest(List<ReplicaSet> sets) {
    return sets.stream().mapToLong(s -> revision(s.getMetadata())).max().orElse(0);
  }

  /// The annotations that the set of the current template should have: the deployment's own, its
  /// sizes, and a revision newer than every old set's. A set that comes back from the past keeps a
  /// list of the revisions that it had.
  static Map<String, String> ofCurrent(
      Deployment deployment, Map<String, String> present, List<ReplicaSet> old) {
    var annotations = new TreeMap<>(present);
    deployment
        .getMetadata()
        .getAnnotationsMap()
        .forEach((name, value) -> {
          if (!OWN.contains(name)) {
            annotations.put(name, value);
          }
        });
    long had = parse(present.getOrDefault(REVISION, "0"));
    long needed = newest(old) + 1;
    if (had < needed) {
      annotations.put(REVISION, Long.toString(needed));
      if (had > 0) {
        var past = new ArrayList<String>();
        String before = present.getOrDefault(PAST_REVISIONS, "");
        if (!before.isEmpty()) {
          past.addAll(List.of(before.split(",")));
        }
        if (!past.contains(Long.toString(had))) {
          past.add(Long.toString(had));
        }
        annotations.put(PAST_REVISIONS, String.join(",", past));
      }
    }
    annotations.putAll(sizes(deployment));
    return annotations;
  }

  static Map<String, String> sizes(Deployment deployment) {
    int desired = deployment.getSpec().getReplicas();
    int max = desired + RollingUpdate.of(deployment).maxSurge();
    return Map.of(DESIRED, Integer.toString(desired), MAX, Integer.toString(max));
  }

  /// Old sets beyond `revisionHistoryLimit` that hold nothing any more, oldest first.
  static List<ReplicaSet> beyondLimit(Deployment deployment, List<ReplicaSet> old) {
    if (!deployment.getSpec().hasRevisionHistoryLimit()) {
      return List.of();
    }
    List<ReplicaSet> kept =
        old.stream().filter(s -> !s.getMetadata().hasDeletionTimestamp()).toList();
    int surplus = kept.size() - deployment.getSpec().getRevisionHistoryLimit();
    if (surplus <= 0) {
      return List.of();
    }
    return kept.stream()
        .sorted(
            Comparator.<ReplicaSet>comparingLong(s -> revision(s.getMetadata()))
                .thenComparing(s -> s.getMetadata().getName()))
        .limit(surplus)
        .filter(s ->
            s.getSpec().getReplicas() == 0
                && s.getStatus().getReplicas() == 0
                && s.getMetadata().getGeneration() <= s.getStatus().getObservedGeneration())
        .toList();
  }

  private static long parse(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
