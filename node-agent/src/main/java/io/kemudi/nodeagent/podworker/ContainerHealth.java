package io.kemudi.nodeagent.podworker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the probes say of a running container.
///
/// @param started its startup probe has passed, or it has none
/// @param ready its readiness probe passes, or it has none
/// @param failed why it has to be restarted (a liveness or startup probe gave up); null if not
/// @param grace how long it may take to stop in that case; null for the pod's own grace
public record ContainerHealth(
    boolean started, boolean ready, @Nullable String failed, @Nullable Duration grace) {
  public static final ContainerHealth UNPROBED = new ContainerHealth(true, true, null, null);
  public static final ContainerHealth UNKNOWN = new ContainerHealth(false, false, null, null);
}
