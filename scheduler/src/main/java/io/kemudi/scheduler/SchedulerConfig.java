package io.kemudi.scheduler;

import java.util.Set;

/// `names`: the values of `spec.schedulerName` to serve. `binders`: batches of bindings under way
/// at one time. `seed` decides between equal nodes.
public record SchedulerConfig(Set<String> names, int binders, long seed) {
  public static final SchedulerConfig DEFAULT =
      new SchedulerConfig(Set.of("default-scheduler"), 4, 1);

  public SchedulerConfig {
    names = Set.copyOf(names);
  }
}
