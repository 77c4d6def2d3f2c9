package io.kemudi.nodeagent.probe;

import io.kemudi.kubernetes.core.v1.Container;

/// Whom to ask.
///
/// @param podIp where the pod is reached when the probe names no host
public record ProbeTarget(String containerId, Container container, String podIp) {}
