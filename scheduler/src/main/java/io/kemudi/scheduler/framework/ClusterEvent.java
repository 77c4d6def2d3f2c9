package io.kemudi.scheduler.framework;

import io.kemudi.kubernetes.core.v1.Node;

/// A change that may let a refused pod run.
public sealed interface ClusterEvent {
  record NodeAdded(Node node) implements ClusterEvent {}

  /// Its allocatable resources, labels, taints or `unschedulable` changed.
  record NodeChanged(Node before, Node after) implements ClusterEvent {}

  /// A pod began to count on a node.
  record PodPlaced(PodInfo pod) implements ClusterEvent {}

  /// A pod on a node went away, or asks for less.
  record PodGone(PodInfo pod) implements ClusterEvent {}

  /// A claim or a volume appeared or changed.
  record VolumesChanged() implements ClusterEvent {}
}
