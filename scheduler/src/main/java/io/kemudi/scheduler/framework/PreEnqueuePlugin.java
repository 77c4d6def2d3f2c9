package io.kemudi.scheduler.framework;

/// Keeps pods out of the queue until they may be tried at all.
public interface PreEnqueuePlugin extends Plugin {
  FilterResult preEnqueue(PodInfo pod);
}
