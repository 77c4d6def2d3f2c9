package io.kemudi.scheduler.framework;

import java.util.List;

/// The plugins of a scheduler, in the order in which they are asked.
public record Plugins(List<Plugin> all, List<Weighted> scores) {
  /// A score counts `weight` times.
  public record Weighted(ScorePlugin plugin, int weight) {}

  public Plugins {
    all = List.copyOf(all);
    scores = List.copyOf(scores);
  }

  /// Those that take part in a moment, in order.
  public <P extends Plugin> List<P> at(Class<P> moment) {
    return all.stream().filter(moment::isInstance).map(moment::cast).toList();
  }

  public QueueSortPlugin queueSort() {
    return at(QueueSortPlugin.class).getFirst();
  }
}
