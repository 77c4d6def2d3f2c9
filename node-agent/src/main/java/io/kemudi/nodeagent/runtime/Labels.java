package io.kemudi.nodeagent.runtime;

import java.util.Map;

/// What the agent writes on sandboxes and containers so that a later agent knows them again. The
/// names that begin with `io.kubernetes` are upstream's; other tools read them.
public final class Labels {
  public static final String POD_NAME = "io.kubernetes.pod.name";
  public static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
  public static final String POD_UID = "io.kubernetes.pod.uid";
  public static final String CONTAINER_NAME = "io.kubernetes.container.name";

  /// Which agent a sandbox belongs to: several may share one runtime, and none of them may touch
  /// what others (or another kubelet) started.
  public static final String NODE = "io.kemudi.node";

  public static final String HASH = "io.kubernetes.container.hash";
  public static final String RESTART_COUNT = "io.kubernetes.container.restartCount";
  public static final String MESSAGE_PATH = "io.kubernetes.container.terminationMessagePath";
  public static final String MESSAGE_POLICY = "io.kubernetes.container.terminationMessagePolicy";

  /// The pod's `terminationGracePeriodSeconds`, for whoever ends the container without the API.
  public static final String GRACE = "io.kubernetes.pod.terminationGracePeriod";

  /// `init`, `sidecar` or `main`; the hollow runtime lets init containers end at once by it.
  public static final String ROLE = "io.kemudi.container.role";

  /// The host's file behind [#MESSAGE_PATH].
  public static final String MESSAGE_FILE = "io.kemudi.container.terminationMessageFile";

  private Labels() {}

  public static Map<String, String> ofNode(String node) {
    return Map.of(NODE, node);
  }

  public static Map<String, String> ofPod(String node, String uid) {
    return Map.of(NODE, node, POD_UID, uid);
  }
}
