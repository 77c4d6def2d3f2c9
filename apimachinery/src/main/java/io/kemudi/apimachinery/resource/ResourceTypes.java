package io.kemudi.apimachinery.resource;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import java.util.function.Function;

/// The built-in resources as typed constants, and any resource at all by its metadata.
public final class ResourceTypes {
  public static final ResourceType<io.kemudi.kubernetes.core.v1.ConfigMap> CONFIG_MAPS =
      type(
          "",
          "v1",
          "configmaps",
          "ConfigMap",
          true,
          io.kemudi.kubernetes.core.v1.ConfigMap.parser(),
          io.kemudi.kubernetes.core.v1.ConfigMap::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.Endpoints> ENDPOINTS =
      type(
          "",
          "v1",
          "endpoints",
          "Endpoints",
          true,
          io.kemudi.kubernetes.core.v1.Endpoints.parser(),
          io.kemudi.kubernetes.core.v1.Endpoints::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.Event> EVENTS =
      type(
          "",
          "v1",
          "events",
          "Event",
          true,
          io.kemudi.kubernetes.core.v1.Event.parser(),
          io.kemudi.kubernetes.core.v1.Event::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.LimitRange> LIMIT_RANGES =
      type(
          "",
          "v1",
          "limitranges",
          "LimitRange",
          true,
          io.kemudi.kubernetes.core.v1.LimitRange.parser(),
          io.kemudi.kubernetes.core.v1.LimitRange::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.Namespace> NAMESPACES =
      type(
          "",
          "v1",
          "namespaces",
          "Namespace",
          false,
          io.kemudi.kubernetes.core.v1.Namespace.parser(),
          io.kemudi.kubernetes.core.v1.Namespace::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.Node> NODES =
      type(
          "",
          "v1",
          "nodes",
          "Node",
          false,
          io.kemudi.kubernetes.core.v1.Node.parser(),
          io.kemudi.kubernetes.core.v1.Node::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.PersistentVolumeClaim>
      PERSISTENT_VOLUME_CLAIMS =
          type(
              "",
              "v1",
              "persistentvolumeclaims",
              "PersistentVolumeClaim",
              true,
              io.kemudi.kubernetes.core.v1.PersistentVolumeClaim.parser(),
              io.kemudi.kubernetes.core.v1.PersistentVolumeClaim::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.PersistentVolume>
      PERSISTENT_VOLUMES =
          type(
              "",
              "v1",
              "persistentvolumes",
              "PersistentVolume",
              false,
              io.kemudi.kubernetes.core.v1.PersistentVolume.parser(),
              io.kemudi.kubernetes.core.v1.PersistentVolume::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.Pod> PODS =
      type(
          "",
          "v1",
          "pods",
          "Pod",
          true,
          io.kemudi.kubernetes.core.v1.Pod.parser(),
          io.kemudi.kubernetes.core.v1.Pod::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.PodTemplate> POD_TEMPLATES =
      type(
          "",
          "v1",
          "podtemplates",
          "PodTemplate",
          true,
          io.kemudi.kubernetes.core.v1.PodTemplate.parser(),
          io.kemudi.kubernetes.core.v1.PodTemplate::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.ReplicationController>
      REPLICATION_CONTROLLERS =
          type(
              "",
              "v1",
              "replicationcontrollers",
              "ReplicationController",
              true,
              io.kemudi.kubernetes.core.v1.ReplicationController.parser(),
              io.kemudi.kubernetes.core.v1.ReplicationController::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.ResourceQuota> RESOURCE_QUOTAS =
      type(
          "",
          "v1",
          "resourcequotas",
          "ResourceQuota",
          true,
          io.kemudi.kubernetes.core.v1.ResourceQuota.parser(),
          io.kemudi.kubernetes.core.v1.ResourceQuota::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.Secret> SECRETS =
      type(
          "",
          "v1",
          "secrets",
          "Secret",
          true,
          io.kemudi.kubernetes.core.v1.Secret.parser(),
          io.kemudi.kubernetes.core.v1.Secret::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.ServiceAccount> SERVICE_ACCOUNTS =
      type(
          "",
          "v1",
          "serviceaccounts",
          "ServiceAccount",
          true,
          io.kemudi.kubernetes.core.v1.ServiceAccount.parser(),
          io.kemudi.kubernetes.core.v1.ServiceAccount::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.core.v1.Service> SERVICES =
      type(
          "",
          "v1",
          "services",
          "Service",
          true,
          io.kemudi.kubernetes.core.v1.Service.parser(),
          io.kemudi.kubernetes.core.v1.Service::getMetadata);
  public static final ResourceType<
          io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicy>
      MUTATING_ADMISSION_POLICIES =
          type(
              "admissionregistration.k8s.io",
              "v1",
              "mutatingadmissionpolicies",
              "MutatingAdmissionPolicy",
              false,
              io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicy.parser(),
              io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicy::getMetadata);
  public static final ResourceType<
          io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicyBinding>
      MUTATING_ADMISSION_POLICY_BINDINGS =
          type(
              "admissionregistration.k8s.io",
              "v1",
              "mutatingadmissionpolicybindings",
              "MutatingAdmissionPolicyBinding",
              false,
              io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicyBinding.parser(),
              io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicyBinding
                  ::getMetadata);
  public static final ResourceType<
          io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhookConfiguration>
      MUTATING_WEBHOOK_CONFIGURATIONS =
          type(
              "admissionregistration.k8s.io",
              "v1",
              "mutatingwebhookconfigurations",
              "MutatingWebhookConfiguration",
              false,
              io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhookConfiguration.parser(),
              io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhookConfiguration
                  ::getMetadata);
  public static final ResourceType<
          io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy>
      VALIDATING_ADMISSION_POLICIES =
          type(
              "admissionregistration.k8s.io",
              "v1",
              "validatingadmissionpolicies",
              "ValidatingAdmissionPolicy",
              false,
              io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy.parser(),
              io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy::getMetadata);
  public static final ResourceType<
          io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding>
      VALIDATING_ADMISSION_POLICY_BINDINGS =
          type(
              "admissionregistration.k8s.io",
              "v1",
              "validatingadmissionpolicybindings",
              "ValidatingAdmissionPolicyBinding",
              false,
              io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding
                  .parser(),
              io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding
                  ::getMetadata);
  public static final ResourceType<
          io.kemudi.kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration>
      VALIDATING_WEBHOOK_CONFIGURATIONS =
          type(
              "admissionregistration.k8s.io",
              "v1",
              "validatingwebhookconfigurations",
              "ValidatingWebhookConfiguration",
              false,
              io.kemudi.kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration.parser(),
              io.kemudi.kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration
                  ::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition>
      CUSTOM_RESOURCE_DEFINITIONS =
          type(
              "apiextensions.k8s.io",
              "v1",
              "customresourcedefinitions",
              "CustomResourceDefinition",
              false,
              io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition.parser(),
              io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.apiregistration.v1.APIService>
      API_SERVICES =
          type(
              "apiregistration.k8s.io",
              "v1",
              "apiservices",
              "APIService",
              false,
              io.kemudi.kubernetes.apiregistration.v1.APIService.parser(),
              io.kemudi.kubernetes.apiregistration.v1.APIService::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.apps.v1.ControllerRevision>
      CONTROLLER_REVISIONS =
          type(
              "apps",
              "v1",
              "controllerrevisions",
              "ControllerRevision",
              true,
              io.kemudi.kubernetes.apps.v1.ControllerRevision.parser(),
              io.kemudi.kubernetes.apps.v1.ControllerRevision::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.apps.v1.DaemonSet> DAEMON_SETS =
      type(
          "apps",
          "v1",
          "daemonsets",
          "DaemonSet",
          true,
          io.kemudi.kubernetes.apps.v1.DaemonSet.parser(),
          io.kemudi.kubernetes.apps.v1.DaemonSet::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.apps.v1.Deployment> DEPLOYMENTS =
      type(
          "apps",
          "v1",
          "deployments",
          "Deployment",
          true,
          io.kemudi.kubernetes.apps.v1.Deployment.parser(),
          io.kemudi.kubernetes.apps.v1.Deployment::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.apps.v1.ReplicaSet> REPLICA_SETS =
      type(
          "apps",
          "v1",
          "replicasets",
          "ReplicaSet",
          true,
          io.kemudi.kubernetes.apps.v1.ReplicaSet.parser(),
          io.kemudi.kubernetes.apps.v1.ReplicaSet::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.apps.v1.StatefulSet> STATEFUL_SETS =
      type(
          "apps",
          "v1",
          "statefulsets",
          "StatefulSet",
          true,
          io.kemudi.kubernetes.apps.v1.StatefulSet.parser(),
          io.kemudi.kubernetes.apps.v1.StatefulSet::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.autoscaling.v1.HorizontalPodAutoscaler>
      HORIZONTAL_POD_AUTOSCALERS_V1 =
          type(
              "autoscaling",
              "v1",
              "horizontalpodautoscalers",
              "HorizontalPodAutoscaler",
              true,
              io.kemudi.kubernetes.autoscaling.v1.HorizontalPodAutoscaler.parser(),
              io.kemudi.kubernetes.autoscaling.v1.HorizontalPodAutoscaler::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscaler>
      HORIZONTAL_POD_AUTOSCALERS =
          type(
              "autoscaling",
              "v2",
              "horizontalpodautoscalers",
              "HorizontalPodAutoscaler",
              true,
              io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscaler.parser(),
              io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscaler::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.batch.v1.CronJob> CRON_JOBS =
      type(
          "batch",
          "v1",
          "cronjobs",
          "CronJob",
          true,
          io.kemudi.kubernetes.batch.v1.CronJob.parser(),
          io.kemudi.kubernetes.batch.v1.CronJob::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.batch.v1.Job> JOBS =
      type(
          "batch",
          "v1",
          "jobs",
          "Job",
          true,
          io.kemudi.kubernetes.batch.v1.Job.parser(),
          io.kemudi.kubernetes.batch.v1.Job::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.certificates.v1.CertificateSigningRequest>
      CERTIFICATE_SIGNING_REQUESTS =
          type(
              "certificates.k8s.io",
              "v1",
              "certificatesigningrequests",
              "CertificateSigningRequest",
              false,
              io.kemudi.kubernetes.certificates.v1.CertificateSigningRequest.parser(),
              io.kemudi.kubernetes.certificates.v1.CertificateSigningRequest::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.coordination.v1.Lease> LEASES =
      type(
          "coordination.k8s.io",
          "v1",
          "leases",
          "Lease",
          true,
          io.kemudi.kubernetes.coordination.v1.Lease.parser(),
          io.kemudi.kubernetes.coordination.v1.Lease::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.discovery.v1.EndpointSlice>
      ENDPOINT_SLICES =
          type(
              "discovery.k8s.io",
              "v1",
              "endpointslices",
              "EndpointSlice",
              true,
              io.kemudi.kubernetes.discovery.v1.EndpointSlice.parser(),
              io.kemudi.kubernetes.discovery.v1.EndpointSlice::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.events.v1.Event> EVENTS_V1 =
      type(
          "events.k8s.io",
          "v1",
          "events",
          "Event",
          true,
          io.kemudi.kubernetes.events.v1.Event.parser(),
          io.kemudi.kubernetes.events.v1.Event::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.flowcontrol.v1.FlowSchema> FLOW_SCHEMAS =
      type(
          "flowcontrol.apiserver.k8s.io",
          "v1",
          "flowschemas",
          "FlowSchema",
          false,
          io.kemudi.kubernetes.flowcontrol.v1.FlowSchema.parser(),
          io.kemudi.kubernetes.flowcontrol.v1.FlowSchema::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.flowcontrol.v1.PriorityLevelConfiguration>
      PRIORITY_LEVEL_CONFIGURATIONS =
          type(
              "flowcontrol.apiserver.k8s.io",
              "v1",
              "prioritylevelconfigurations",
              "PriorityLevelConfiguration",
              false,
              io.kemudi.kubernetes.flowcontrol.v1.PriorityLevelConfiguration.parser(),
              io.kemudi.kubernetes.flowcontrol.v1.PriorityLevelConfiguration::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.networking.v1.IngressClass>
      INGRESS_CLASSES =
          type(
              "networking.k8s.io",
              "v1",
              "ingressclasses",
              "IngressClass",
              false,
              io.kemudi.kubernetes.networking.v1.IngressClass.parser(),
              io.kemudi.kubernetes.networking.v1.IngressClass::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.networking.v1.Ingress> INGRESSES =
      type(
          "networking.k8s.io",
          "v1",
          "ingresses",
          "Ingress",
          true,
          io.kemudi.kubernetes.networking.v1.Ingress.parser(),
          io.kemudi.kubernetes.networking.v1.Ingress::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.networking.v1.IPAddress> IP_ADDRESSES =
      type(
          "networking.k8s.io",
          "v1",
          "ipaddresses",
          "IPAddress",
          false,
          io.kemudi.kubernetes.networking.v1.IPAddress.parser(),
          io.kemudi.kubernetes.networking.v1.IPAddress::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.networking.v1.NetworkPolicy>
      NETWORK_POLICIES =
          type(
              "networking.k8s.io",
              "v1",
              "networkpolicies",
              "NetworkPolicy",
              true,
              io.kemudi.kubernetes.networking.v1.NetworkPolicy.parser(),
              io.kemudi.kubernetes.networking.v1.NetworkPolicy::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.networking.v1.ServiceCIDR> SERVICE_CIDRS =
      type(
          "networking.k8s.io",
          "v1",
          "servicecidrs",
          "ServiceCIDR",
          false,
          io.kemudi.kubernetes.networking.v1.ServiceCIDR.parser(),
          io.kemudi.kubernetes.networking.v1.ServiceCIDR::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.node.v1.RuntimeClass> RUNTIME_CLASSES =
      type(
          "node.k8s.io",
          "v1",
          "runtimeclasses",
          "RuntimeClass",
          false,
          io.kemudi.kubernetes.node.v1.RuntimeClass.parser(),
          io.kemudi.kubernetes.node.v1.RuntimeClass::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.policy.v1.PodDisruptionBudget>
      POD_DISRUPTION_BUDGETS =
          type(
              "policy",
              "v1",
              "poddisruptionbudgets",
              "PodDisruptionBudget",
              true,
              io.kemudi.kubernetes.policy.v1.PodDisruptionBudget.parser(),
              io.kemudi.kubernetes.policy.v1.PodDisruptionBudget::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding>
      CLUSTER_ROLE_BINDINGS =
          type(
              "rbac.authorization.k8s.io",
              "v1",
              "clusterrolebindings",
              "ClusterRoleBinding",
              false,
              io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding.parser(),
              io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.rbac.v1.ClusterRole> CLUSTER_ROLES =
      type(
          "rbac.authorization.k8s.io",
          "v1",
          "clusterroles",
          "ClusterRole",
          false,
          io.kemudi.kubernetes.rbac.v1.ClusterRole.parser(),
          io.kemudi.kubernetes.rbac.v1.ClusterRole::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.rbac.v1.RoleBinding> ROLE_BINDINGS =
      type(
          "rbac.authorization.k8s.io",
          "v1",
          "rolebindings",
          "RoleBinding",
          true,
          io.kemudi.kubernetes.rbac.v1.RoleBinding.parser(),
          io.kemudi.kubernetes.rbac.v1.RoleBinding::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.rbac.v1.Role> ROLES =
      type(
          "rbac.authorization.k8s.io",
          "v1",
          "roles",
          "Role",
          true,
          io.kemudi.kubernetes.rbac.v1.Role.parser(),
          io.kemudi.kubernetes.rbac.v1.Role::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.resource.v1.DeviceClass> DEVICE_CLASSES =
      type(
          "resource.k8s.io",
          "v1",
          "deviceclasses",
          "DeviceClass",
          false,
          io.kemudi.kubernetes.resource.v1.DeviceClass.parser(),
          io.kemudi.kubernetes.resource.v1.DeviceClass::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.resource.v1.ResourceClaim> RESOURCE_CLAIMS =
      type(
          "resource.k8s.io",
          "v1",
          "resourceclaims",
          "ResourceClaim",
          true,
          io.kemudi.kubernetes.resource.v1.ResourceClaim.parser(),
          io.kemudi.kubernetes.resource.v1.ResourceClaim::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.resource.v1.ResourceClaimTemplate>
      RESOURCE_CLAIM_TEMPLATES =
          type(
              "resource.k8s.io",
              "v1",
              "resourceclaimtemplates",
              "ResourceClaimTemplate",
              true,
              io.kemudi.kubernetes.resource.v1.ResourceClaimTemplate.parser(),
              io.kemudi.kubernetes.resource.v1.ResourceClaimTemplate::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.resource.v1.ResourceSlice> RESOURCE_SLICES =
      type(
          "resource.k8s.io",
          "v1",
          "resourceslices",
          "ResourceSlice",
          false,
          io.kemudi.kubernetes.resource.v1.ResourceSlice.parser(),
          io.kemudi.kubernetes.resource.v1.ResourceSlice::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.scheduling.v1.PriorityClass>
      PRIORITY_CLASSES =
          type(
              "scheduling.k8s.io",
              "v1",
              "priorityclasses",
              "PriorityClass",
              false,
              io.kemudi.kubernetes.scheduling.v1.PriorityClass.parser(),
              io.kemudi.kubernetes.scheduling.v1.PriorityClass::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.storage.v1.CSIDriver> CSI_DRIVERS =
      type(
          "storage.k8s.io",
          "v1",
          "csidrivers",
          "CSIDriver",
          false,
          io.kemudi.kubernetes.storage.v1.CSIDriver.parser(),
          io.kemudi.kubernetes.storage.v1.CSIDriver::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.storage.v1.CSINode> CSI_NODES =
      type(
          "storage.k8s.io",
          "v1",
          "csinodes",
          "CSINode",
          false,
          io.kemudi.kubernetes.storage.v1.CSINode.parser(),
          io.kemudi.kubernetes.storage.v1.CSINode::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.storage.v1.CSIStorageCapacity>
      CSI_STORAGE_CAPACITIES =
          type(
              "storage.k8s.io",
              "v1",
              "csistoragecapacities",
              "CSIStorageCapacity",
              true,
              io.kemudi.kubernetes.storage.v1.CSIStorageCapacity.parser(),
              io.kemudi.kubernetes.storage.v1.CSIStorageCapacity::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.storage.v1.StorageClass> STORAGE_CLASSES =
      type(
          "storage.k8s.io",
          "v1",
          "storageclasses",
          "StorageClass",
          false,
          io.kemudi.kubernetes.storage.v1.StorageClass.parser(),
          io.kemudi.kubernetes.storage.v1.StorageClass::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.storage.v1.VolumeAttachment>
      VOLUME_ATTACHMENTS =
          type(
              "storage.k8s.io",
              "v1",
              "volumeattachments",
              "VolumeAttachment",
              false,
              io.kemudi.kubernetes.storage.v1.VolumeAttachment.parser(),
              io.kemudi.kubernetes.storage.v1.VolumeAttachment::getMetadata);
  public static final ResourceType<io.kemudi.kubernetes.storage.v1.VolumeAttributesClass>
      VOLUME_ATTRIBUTES_CLASSES =
          type(
              "storage.k8s.io",
              "v1",
              "volumeattributesclasses",
              "VolumeAttributesClass",
              false,
              io.kemudi.kubernetes.storage.v1.VolumeAttributesClass.parser(),
              io.kemudi.kubernetes.storage.v1.VolumeAttributesClass::getMetadata);

  private ResourceTypes() {}

  /// Any resource, built-in or custom, read as metadata only.
  public static ResourceType<PartialObjectMetadata> metadata(
      String group, String version, String resource, String kind, boolean namespaced) {
    return new ResourceType<>(
        group,
        version,
        resource,
        kind,
        namespaced,
        PartialObjectMetadata.parser(),
        PartialObjectMetadata::getMetadata);
  }

  private static <T extends Message> ResourceType<T> type(
      String group,
      String version,
      String resource,
      String kind,
      boolean namespaced,
      Parser<T> parser,
      Function<T, ObjectMeta> metadata) {
    return new ResourceType<>(group, version, resource, kind, namespaced, parser, metadata);
  }
}
