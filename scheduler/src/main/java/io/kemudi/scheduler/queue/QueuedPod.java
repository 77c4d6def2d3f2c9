package io.kemudi.scheduler.queue;

import io.kemudi.scheduler.framework.PodInfo;
import java.util.Set;

/// A pod in the queue: how often it was tried, when it first came, since when it is unschedulable
/// or until when it backs off (`atNs`), its number in the order of coming, and which plugins
/// refused it last.
public record QueuedPod(
    PodInfo pod, int attempts, long sinceNs, long atNs, long sequence, Set<String> refusedBy) {

  QueuedPod with(PodInfo newer) {
    return new QueuedPod(newer, attempts, sinceNs, atNs, sequence, refusedBy);
  }

  QueuedPod at(long newAtNs) {
    return new QueuedPod(pod, attempts, sinceNs, newAtNs, sequence, refusedBy);
  }

  QueuedPod tried() {
    return new QueuedPod(pod, attempts + 1, sinceNs, atNs, sequence, refusedBy);
  }

  QueuedPod refusedBy(Set<String> plugins) {
    return new QueuedPod(pod, attempts, sinceNs, atNs, sequence, Set.copyOf(plugins));
  }
}
