package io.kemudi.nodeagent.podworker;

import io.kemudi.kubernetes.core.v1.Pod;

/// Where events about pods go. Never blocks and never fails: an event that cannot be kept is lost.
@FunctionalInterface
public interface PodEvents {
  /// @param fieldPath which part of the pod it is about, such as `spec.containers{web}`, or ""
  /// @param type `Normal` or `Warning`
  void event(Pod pod, String fieldPath, String type, String reason, String message);

  default void normal(Pod pod, String fieldPath, String reason, String message) {
    event(pod, fieldPath, "Normal", reason, message);
  }

  default void warning(Pod pod, String fieldPath, String reason, String message) {
    event(pod, fieldPath, "Warning", reason, message);
  }

  static String fieldPath(Pod pod, String container) {
    if (pod.getSpec().getInitContainersList().stream()
        .anyMatch(c -> c.getName().equals(container))) {
      return "spec.initContainers{" + container + "}";
    }
    boolean main =
        pod.getSpec().getContainersList().stream().anyMatch(c -> c.getName().equals(container));
    return (main ? "spec.containers{" : "spec.ephemeralContainers{") + container + "}";
  }
}
