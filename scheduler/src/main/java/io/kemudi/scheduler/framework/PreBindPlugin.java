package io.kemudi.scheduler.framework;

/// Prepares what the pod needs on its node. Called on a binding thread; may block.
public interface PreBindPlugin extends Plugin {
  FilterResult preBind(PodInfo pod, String node);
}
