package io.kemudi.scheduler.framework;

/// Told that a pod is bound.
public interface PostBindPlugin extends Plugin {
  void postBind(PodInfo pod, String node);
}
