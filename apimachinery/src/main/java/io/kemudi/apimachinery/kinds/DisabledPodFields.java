package io.kemudi.apimachinery.kinds;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Fields of pods whose features a default server has off: they are dropped as if nobody had sent
/// them, from pods and from the templates of workloads alike.
final class DisabledPodFields {
  private DisabledPodFields() {}

  /// The template of an object of this kind; nothing for kinds that have none.
  static void dropFromTemplate(Map<String, @Nullable Object> tree, String kind) {
    Map<String, @Nullable Object> holder =
        switch (kind) {
          case "DaemonSet",
              "Deployment",
              "Job",
              "ReplicaSet",
              "ReplicationController",
              "StatefulSet" ->
              Tree.map(tree, "spec");
          case "CronJob" -> Tree.map(Tree.map(tree, "spec", "jobTemplate"), "spec");
          case "PodTemplate" -> tree;
          default -> null;
        };
    Map<String, @Nullable Object> spec = Tree.map(holder, "template", "spec");
    if (spec != null) {
      dropFrom(spec);
    }
  }

  static void dropFrom(Map<String, @Nullable Object> spec) {
    for (String list : List.of("containers", "initContainers")) {
      for (Map<String, @Nullable Object> container : Tree.maps(spec, list)) {
        stopSignal(container);
      }
    }
    for (Map<String, @Nullable Object> volume : Tree.maps(spec, "volumes")) {
      for (Map<String, @Nullable Object> source :
          Tree.maps(Tree.map(volume, "projected"), "sources")) {
        source.remove("clusterTrustBundle");
        source.remove("podCertificate");
      }
    }
  }

  /// Stop signals of containers (KEP-4960).
  private static void stopSignal(Map<String, @Nullable Object> container) {
    Map<String, @Nullable Object> lifecycle = Tree.map(container, "lifecycle");
    if (lifecycle != null && lifecycle.remove("stopSignal") != null && lifecycle.isEmpty()) {
      container.remove("lifecycle");
    }
  }
}
