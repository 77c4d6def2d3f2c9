package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apiserver.registry.Target;
import java.util.Set;

/// What a webhook served by the cluster needs to come up: its own namespace's workloads and what
/// says where they run, and what nodes need to run anything. While no endpoint of it is ready it is
/// not asked about these, or nothing could ever start it again. Who may write them runs the webhook
/// or the cluster anyway, so nobody gains a right by it. Pure.
final class OwnObjects {
  private static final Set<String> RUNS =
      Set.of(
          "pods",
          "replicasets.apps",
          "deployments.apps",
          "statefulsets.apps",
          "daemonsets.apps",
          "controllerrevisions.apps",
          "replicationcontrollers",
          "jobs.batch",
          "services",
          "endpoints",
          "endpointslices.discovery.k8s.io",
          "leases.coordination.k8s.io",
          "events",
          "events.events.k8s.io");

  /// Node agents' own, and what network and storage of a node are run by.
  private static final Set<String> SYSTEM = Set.of("kube-system", "kube-node-lease");

  private static final Set<String> OF_NODES =
      Set.of("nodes", "csinodes.storage.k8s.io", "volumeattachments.storage.k8s.io");

  private OwnObjects() {}

  /// Whether a write to `target` may be needed to start what serves in `namespace`.
  static boolean include(Target target, String namespace) {
    String resource = target.row().qualifiedResource();
    if (!target.row().namespaced()) {
      return OF_NODES.contains(resource);
    }
    if (target.subresource().equals("token") && resource.equals("serviceaccounts")) {
      return isConcerned(target, namespace);
    }
    return RUNS.contains(resource) && isConcerned(target, namespace);
  }

  private static boolean isConcerned(Target target, String namespace) {
    return target.namespace().equals(namespace) || SYSTEM.contains(target.namespace());
  }
}
