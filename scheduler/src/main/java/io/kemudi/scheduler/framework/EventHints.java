package io.kemudi.scheduler.framework;

/// A plugin that refuses pods says which events may change its mind. One that does not implement
/// this is asked again after every event.
public interface EventHints extends Plugin {
  /// Whether `event` may make a pod fit that this plugin refused. Yes when in doubt.
  boolean mayHelp(PodInfo refused, ClusterEvent event);
}
