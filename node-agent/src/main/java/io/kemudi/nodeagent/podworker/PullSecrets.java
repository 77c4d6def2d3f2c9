package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.AuthConfig;
import io.kemudi.kubernetes.core.v1.Pod;
import java.util.List;

/// The registry credentials that a pod's `imagePullSecrets` hold for an image.
@FunctionalInterface
public interface PullSecrets {
  List<AuthConfig> forImage(Pod pod, String image);
}
