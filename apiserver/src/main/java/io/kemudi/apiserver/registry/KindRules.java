package io.kemudi.apiserver.registry;

import java.util.Set;

/// Where resources differ in the generic path. Facts of upstream's strategies, by qualified
/// resource name.
final class KindRules {
  /// A finished DELETE answers the object, not a Status.
  private static final Set<String> ANSWER_DELETED =
      Set.of(
          "pods",
          "podtemplates",
          "persistentvolumes",
          "persistentvolumeclaims",
          "resourcequotas",
          "services",
          "serviceaccounts",
          "storageclasses.storage.k8s.io",
          "csidrivers.storage.k8s.io",
          "csinodes.storage.k8s.io",
          "csistoragecapacities.storage.k8s.io",
          "volumeattachments.storage.k8s.io",
          "volumeattributesclasses.storage.k8s.io");

  /// Created with the status that the client says: a node agent registers itself in one write.
  private static final Set<String> STATUS_ON_CREATE = Set.of("nodes");

  /// A PUT creates what is missing.
  private static final Set<String> CREATE_ON_UPDATE =
      Set.of(
          "services",
          "endpoints",
          "events",
          "events.events.k8s.io",
          "limitranges",
          "leases.coordination.k8s.io",
          "roles.rbac.authorization.k8s.io",
          "rolebindings.rbac.authorization.k8s.io",
          "clusterroles.rbac.authorization.k8s.io",
          "clusterrolebindings.rbac.authorization.k8s.io",
          "runtimeclasses.node.k8s.io");

  /// A PUT has to say which revision it replaces.
  private static final Set<String> NO_UNCONDITIONAL_UPDATE =
      Set.of(
          "customresourcedefinitions.apiextensions.k8s.io",
          "apiservices.apiregistration.k8s.io",
          "poddisruptionbudgets.policy",
          "leases.coordination.k8s.io",
          "mutatingwebhookconfigurations.admissionregistration.k8s.io",
          "validatingwebhookconfigurations.admissionregistration.k8s.io",
          "validatingadmissionpolicies.admissionregistration.k8s.io",
          "validatingadmissionpolicybindings.admissionregistration.k8s.io",
          "mutatingadmissionpolicies.admissionregistration.k8s.io",
          "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
          "csidrivers.storage.k8s.io",
          "csinodes.storage.k8s.io",
          "volumeattachments.storage.k8s.io",
          "flowschemas.flowcontrol.apiserver.k8s.io",
          "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
          "runtimeclasses.node.k8s.io");

  /// Without a word about dependents, they are orphaned.
  private static final Set<String> ORPHAN_BY_DEFAULT =
      Set.of("jobs.batch", "replicationcontrollers");

  /// The kinds that a controller, the scheduler, the agent, the proxy or the server itself acts on.
  /// Writes of others are stored and answered with a warning.
  private static final Set<String> ACTED_ON =
      Set.of(
          "namespaces",
          "pods",
          "nodes",
          "configmaps",
          "secrets",
          "serviceaccounts",
          "services",
          "endpoints",
          "events",
          "events.events.k8s.io",
          "endpointslices.discovery.k8s.io",
          "leases.coordination.k8s.io",
          "deployments.apps",
          "replicasets.apps",
          "controllerrevisions.apps",
          "limitranges",
          "resourcequotas",
          "priorityclasses.scheduling.k8s.io",
          "poddisruptionbudgets.policy",
          "ipaddresses.networking.k8s.io",
          "servicecidrs.networking.k8s.io",
          "apiservices.apiregistration.k8s.io",
          "customresourcedefinitions.apiextensions.k8s.io",
          "runtimeclasses.node.k8s.io",
          "roles.rbac.authorization.k8s.io",
          "rolebindings.rbac.authorization.k8s.io",
          "clusterroles.rbac.authorization.k8s.io",
          "clusterrolebindings.rbac.authorization.k8s.io");

  private KindRules() {}

  static boolean answersDeleted(ResourceRow row) {
    return ANSWER_DELETED.contains(row.qualifiedResource());
  }

  static boolean keepsStatusOnCreate(ResourceRow row) {
    return STATUS_ON_CREATE.contains(row.qualifiedResource());
  }

  static boolean createsOnUpdate(ResourceRow row) {
    return CREATE_ON_UPDATE.contains(row.qualifiedResource());
  }

  static boolean updatesUnconditionally(ResourceRow row) {
    return !NO_UNCONDITIONAL_UPDATE.contains(row.qualifiedResource());
  }

  static boolean orphansByDefault(ResourceRow row) {
    return ORPHAN_BY_DEFAULT.contains(row.qualifiedResource());
  }

  static boolean isActedOn(ResourceRow row) {
    return row.custom() != null || ACTED_ON.contains(row.qualifiedResource());
  }
}
