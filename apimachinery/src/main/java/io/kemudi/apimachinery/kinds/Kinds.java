package io.kemudi.apimachinery.kinds;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Every built-in kind that is stored.
public final class Kinds {
  private static final Map<String, Kind> ALL = new LinkedHashMap<>();

  static {
    add(
        new BuiltInKind<>(
            "",
            "ConfigMap",
            io.kemudi.kubernetes.core.v1.ConfigMap.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.ConfigMap::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "Endpoints",
            io.kemudi.kubernetes.core.v1.Endpoints.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.Endpoints::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "Event",
            io.kemudi.kubernetes.core.v1.Event.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.Event::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "LimitRange",
            io.kemudi.kubernetes.core.v1.LimitRange.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.LimitRange::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "Namespace",
            io.kemudi.kubernetes.core.v1.Namespace.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.Namespace::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "Node",
            io.kemudi.kubernetes.core.v1.Node.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.Node::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "PersistentVolumeClaim",
            io.kemudi.kubernetes.core.v1.PersistentVolumeClaim.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.PersistentVolumeClaim::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "PersistentVolume",
            io.kemudi.kubernetes.core.v1.PersistentVolume.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.PersistentVolume::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "Pod",
            io.kemudi.kubernetes.core.v1.Pod.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.Pod::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "",
            "PodTemplate",
            io.kemudi.kubernetes.core.v1.PodTemplate.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.PodTemplate::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "",
            "ReplicationController",
            io.kemudi.kubernetes.core.v1.ReplicationController.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.ReplicationController::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "",
            "ResourceQuota",
            io.kemudi.kubernetes.core.v1.ResourceQuota.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.ResourceQuota::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "Secret",
            io.kemudi.kubernetes.core.v1.Secret.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.Secret::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "ServiceAccount",
            io.kemudi.kubernetes.core.v1.ServiceAccount.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.ServiceAccount::getMetadata));
    add(
        new BuiltInKind<>(
            "",
            "Service",
            io.kemudi.kubernetes.core.v1.Service.getDefaultInstance(),
            io.kemudi.kubernetes.core.v1.Service::getMetadata));
    add(
        new BuiltInKind<>(
            "admissionregistration.k8s.io",
            "MutatingAdmissionPolicy",
            io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicy
                .getDefaultInstance(),
            io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicy::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "admissionregistration.k8s.io",
            "MutatingAdmissionPolicyBinding",
            io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicyBinding
                .getDefaultInstance(),
            io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicyBinding
                ::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "admissionregistration.k8s.io",
            "MutatingWebhookConfiguration",
            io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhookConfiguration
                .getDefaultInstance(),
            io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhookConfiguration::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "admissionregistration.k8s.io",
            "ValidatingAdmissionPolicy",
            io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy
                .getDefaultInstance(),
            io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "admissionregistration.k8s.io",
            "ValidatingAdmissionPolicyBinding",
            io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding
                .getDefaultInstance(),
            io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding
                ::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "admissionregistration.k8s.io",
            "ValidatingWebhookConfiguration",
            io.kemudi.kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration
                .getDefaultInstance(),
            io.kemudi.kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration
                ::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "apiextensions.k8s.io",
            "CustomResourceDefinition",
            io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition.getDefaultInstance(),
            io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "apiregistration.k8s.io",
            "APIService",
            io.kemudi.kubernetes.apiregistration.v1.APIService.getDefaultInstance(),
            io.kemudi.kubernetes.apiregistration.v1.APIService::getMetadata));
    add(
        new BuiltInKind<>(
            "apps",
            "ControllerRevision",
            io.kemudi.kubernetes.apps.v1.ControllerRevision.getDefaultInstance(),
            io.kemudi.kubernetes.apps.v1.ControllerRevision::getMetadata));
    add(
        new BuiltInKind<>(
            "apps",
            "DaemonSet",
            io.kemudi.kubernetes.apps.v1.DaemonSet.getDefaultInstance(),
            io.kemudi.kubernetes.apps.v1.DaemonSet::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "apps",
            "Deployment",
            io.kemudi.kubernetes.apps.v1.Deployment.getDefaultInstance(),
            io.kemudi.kubernetes.apps.v1.Deployment::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "apps",
            "ReplicaSet",
            io.kemudi.kubernetes.apps.v1.ReplicaSet.getDefaultInstance(),
            io.kemudi.kubernetes.apps.v1.ReplicaSet::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "apps",
            "StatefulSet",
            io.kemudi.kubernetes.apps.v1.StatefulSet.getDefaultInstance(),
            io.kemudi.kubernetes.apps.v1.StatefulSet::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "autoscaling",
            "HorizontalPodAutoscaler",
            io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscaler.getDefaultInstance(),
            io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscaler::getMetadata));
    add(
        new BuiltInKind<>(
            "batch",
            "CronJob",
            io.kemudi.kubernetes.batch.v1.CronJob.getDefaultInstance(),
            io.kemudi.kubernetes.batch.v1.CronJob::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "batch",
            "Job",
            io.kemudi.kubernetes.batch.v1.Job.getDefaultInstance(),
            io.kemudi.kubernetes.batch.v1.Job::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "certificates.k8s.io",
            "CertificateSigningRequest",
            io.kemudi.kubernetes.certificates.v1.CertificateSigningRequest.getDefaultInstance(),
            io.kemudi.kubernetes.certificates.v1.CertificateSigningRequest::getMetadata));
    add(
        new BuiltInKind<>(
            "coordination.k8s.io",
            "Lease",
            io.kemudi.kubernetes.coordination.v1.Lease.getDefaultInstance(),
            io.kemudi.kubernetes.coordination.v1.Lease::getMetadata));
    add(
        new BuiltInKind<>(
            "discovery.k8s.io",
            "EndpointSlice",
            io.kemudi.kubernetes.discovery.v1.EndpointSlice.getDefaultInstance(),
            io.kemudi.kubernetes.discovery.v1.EndpointSlice::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "flowcontrol.apiserver.k8s.io",
            "FlowSchema",
            io.kemudi.kubernetes.flowcontrol.v1.FlowSchema.getDefaultInstance(),
            io.kemudi.kubernetes.flowcontrol.v1.FlowSchema::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "flowcontrol.apiserver.k8s.io",
            "PriorityLevelConfiguration",
            io.kemudi.kubernetes.flowcontrol.v1.PriorityLevelConfiguration.getDefaultInstance(),
            io.kemudi.kubernetes.flowcontrol.v1.PriorityLevelConfiguration::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "networking.k8s.io",
            "IngressClass",
            io.kemudi.kubernetes.networking.v1.IngressClass.getDefaultInstance(),
            io.kemudi.kubernetes.networking.v1.IngressClass::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "networking.k8s.io",
            "Ingress",
            io.kemudi.kubernetes.networking.v1.Ingress.getDefaultInstance(),
            io.kemudi.kubernetes.networking.v1.Ingress::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "networking.k8s.io",
            "IPAddress",
            io.kemudi.kubernetes.networking.v1.IPAddress.getDefaultInstance(),
            io.kemudi.kubernetes.networking.v1.IPAddress::getMetadata));
    add(
        new BuiltInKind<>(
            "networking.k8s.io",
            "NetworkPolicy",
            io.kemudi.kubernetes.networking.v1.NetworkPolicy.getDefaultInstance(),
            io.kemudi.kubernetes.networking.v1.NetworkPolicy::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "networking.k8s.io",
            "ServiceCIDR",
            io.kemudi.kubernetes.networking.v1.ServiceCIDR.getDefaultInstance(),
            io.kemudi.kubernetes.networking.v1.ServiceCIDR::getMetadata));
    add(
        new BuiltInKind<>(
            "node.k8s.io",
            "RuntimeClass",
            io.kemudi.kubernetes.node.v1.RuntimeClass.getDefaultInstance(),
            io.kemudi.kubernetes.node.v1.RuntimeClass::getMetadata));
    add(
        new BuiltInKind<>(
            "policy",
            "PodDisruptionBudget",
            io.kemudi.kubernetes.policy.v1.PodDisruptionBudget.getDefaultInstance(),
            io.kemudi.kubernetes.policy.v1.PodDisruptionBudget::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "rbac.authorization.k8s.io",
            "ClusterRoleBinding",
            io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding.getDefaultInstance(),
            io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding::getMetadata));
    add(
        new BuiltInKind<>(
            "rbac.authorization.k8s.io",
            "ClusterRole",
            io.kemudi.kubernetes.rbac.v1.ClusterRole.getDefaultInstance(),
            io.kemudi.kubernetes.rbac.v1.ClusterRole::getMetadata));
    add(
        new BuiltInKind<>(
            "rbac.authorization.k8s.io",
            "RoleBinding",
            io.kemudi.kubernetes.rbac.v1.RoleBinding.getDefaultInstance(),
            io.kemudi.kubernetes.rbac.v1.RoleBinding::getMetadata));
    add(
        new BuiltInKind<>(
            "rbac.authorization.k8s.io",
            "Role",
            io.kemudi.kubernetes.rbac.v1.Role.getDefaultInstance(),
            io.kemudi.kubernetes.rbac.v1.Role::getMetadata));
    add(
        new BuiltInKind<>(
            "resource.k8s.io",
            "DeviceClass",
            io.kemudi.kubernetes.resource.v1.DeviceClass.getDefaultInstance(),
            io.kemudi.kubernetes.resource.v1.DeviceClass::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "resource.k8s.io",
            "ResourceClaim",
            io.kemudi.kubernetes.resource.v1.ResourceClaim.getDefaultInstance(),
            io.kemudi.kubernetes.resource.v1.ResourceClaim::getMetadata));
    add(
        new BuiltInKind<>(
            "resource.k8s.io",
            "ResourceClaimTemplate",
            io.kemudi.kubernetes.resource.v1.ResourceClaimTemplate.getDefaultInstance(),
            io.kemudi.kubernetes.resource.v1.ResourceClaimTemplate::getMetadata));
    add(
        new BuiltInKind<>(
            "resource.k8s.io",
            "ResourceSlice",
            io.kemudi.kubernetes.resource.v1.ResourceSlice.getDefaultInstance(),
            io.kemudi.kubernetes.resource.v1.ResourceSlice::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "scheduling.k8s.io",
            "PriorityClass",
            io.kemudi.kubernetes.scheduling.v1.PriorityClass.getDefaultInstance(),
            io.kemudi.kubernetes.scheduling.v1.PriorityClass::getMetadata,
            true));
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "CSIDriver",
            io.kemudi.kubernetes.storage.v1.CSIDriver.getDefaultInstance(),
            io.kemudi.kubernetes.storage.v1.CSIDriver::getMetadata));
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "CSINode",
            io.kemudi.kubernetes.storage.v1.CSINode.getDefaultInstance(),
            io.kemudi.kubernetes.storage.v1.CSINode::getMetadata));
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "CSIStorageCapacity",
            io.kemudi.kubernetes.storage.v1.CSIStorageCapacity.getDefaultInstance(),
            io.kemudi.kubernetes.storage.v1.CSIStorageCapacity::getMetadata));
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "StorageClass",
            io.kemudi.kubernetes.storage.v1.StorageClass.getDefaultInstance(),
            io.kemudi.kubernetes.storage.v1.StorageClass::getMetadata));
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "VolumeAttachment",
            io.kemudi.kubernetes.storage.v1.VolumeAttachment.getDefaultInstance(),
            io.kemudi.kubernetes.storage.v1.VolumeAttachment::getMetadata));
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "VolumeAttributesClass",
            io.kemudi.kubernetes.storage.v1.VolumeAttributesClass.getDefaultInstance(),
            io.kemudi.kubernetes.storage.v1.VolumeAttributesClass::getMetadata));
    add(
        new BuiltInKind<>(
            "events.k8s.io",
            "Event",
            io.kemudi.kubernetes.events.v1.Event.getDefaultInstance(),
            io.kemudi.kubernetes.events.v1.Event::getMetadata));
  }

  private Kinds() {}

  /// The functions of a kind; empty for kinds that are not built in or only travel in requests.
  public static Optional<Kind> find(String group, String kind) {
    return Optional.ofNullable(ALL.get(group + "/" + kind));
  }

  /// The functions of a built-in kind.
  public static Kind of(String group, String kind) {
    return find(group, kind)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no built-in kind " + kind + " in group \"" + group + "\""));
  }

  public static Collection<Kind> all() {
    return Collections.unmodifiableCollection(ALL.values());
  }

  private static void add(Kind kind) {
    ALL.put(kind.group() + "/" + kind.kind(), kind);
  }
}
