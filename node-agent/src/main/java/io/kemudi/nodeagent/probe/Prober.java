package io.kemudi.nodeagent.probe;

import io.kemudi.kubernetes.core.v1.ProbeHandler;
import java.time.Duration;

/// Puts one question to a container and waits for the answer, at most for `limit`.
@FunctionalInterface
public interface Prober {
  ProbeResult probe(ProbeTarget target, ProbeHandler handler, Duration limit);
}
