package io.kemudi.nodeagent.podworker;

import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodStatus;

/// Where a worker's findings go. Never blocks on the network; the newest status of a pod wins and
/// is tried until it is written or the pod is gone.
public interface StatusSink {
  void write(Pod pod, PodStatus status);

  /// Nothing of the pod runs any more: after its last status has been written, the API may forget
  /// it.
  void finished(Pod pod, PodStatus status);
}
