package io.kemudi.scheduler.framework;

import java.time.Duration;
import java.util.List;

/// The last word before binding: yes, no, or not yet.
public interface PermitPlugin extends Plugin {
  Permit permit(PodInfo pod, String node);

  sealed interface Permit {
    Permit ALLOW = new Allow();

    record Allow() implements Permit {}

    record Refuse(List<String> reasons) implements Permit {}

    /// Until someone allows it, and no longer than `limit`.
    record Wait(Duration limit) implements Permit {}
  }
}
