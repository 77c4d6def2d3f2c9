package io.kemudi.scheduler.framework;

/// Which pod is tried first. There is exactly one.
public interface QueueSortPlugin extends Plugin {
  /// `a` and `b` with the order in which they joined the queue; negative when `a` goes first.
  int compare(PodInfo a, long aSequence, PodInfo b, long bSequence);
}
