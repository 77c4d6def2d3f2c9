package io.kemudi.scheduler.framework;

/// Told of a decision before it is carried out, and of its undoing. [#unreserve] may be called for
/// a pod that was not reserved, and twice.
public interface ReservePlugin extends Plugin {
  FilterResult reserve(PodInfo pod, String node);

  void unreserve(PodInfo pod, String node);
}
