package io.kemudi.scheduler.plugins;

import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.QueueSortPlugin;

/// Higher priority first, then first come, first served.
public final class PrioritySort implements QueueSortPlugin {
  @Override
  public String name() {
    return "PrioritySort";
  }

  @Override
  public int compare(PodInfo a, long aSequence, PodInfo b, long bSequence) {
    int byPriority = Integer.compare(b.priority(), a.priority());
    return byPriority != 0 ? byPriority : Long.compare(aSequence, bSequence);
  }
}
