package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicy;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhookConfiguration;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.kemudi.kubernetes.apiregistration.v1.APIService;
import io.kemudi.kubernetes.core.v1.ComponentStatus;
import io.kemudi.kubernetes.core.v1.ResourceQuota;
import io.kemudi.kubernetes.flowcontrol.v1.FlowSchema;
import io.kemudi.kubernetes.flowcontrol.v1.PriorityLevelConfiguration;
import io.kemudi.kubernetes.node.v1.RuntimeClass;
import io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding;
import io.kemudi.kubernetes.rbac.v1.RoleBinding;
import io.kemudi.kubernetes.resource.v1.DeviceClass;
import io.kemudi.kubernetes.scheduling.v1.PriorityClass;
import io.kemudi.kubernetes.storage.v1.CSINode;
import io.kemudi.kubernetes.storage.v1.CSIStorageCapacity;
import io.kemudi.kubernetes.storage.v1.StorageClass;
import io.kemudi.kubernetes.storage.v1.VolumeAttachment;
import io.kemudi.kubernetes.storage.v1.VolumeAttributesClass;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Every built-in kind that is stored.
public final class Kinds {
  private static final Map<String, Kind> ALL = new LinkedHashMap<>();

  static {
    add(
        new BuiltInKind<>(
            "",
            "ComponentStatus",
            ComponentStatus.getDefaultInstance(),
            ComponentStatus::getMetadata,
            false));
    add(new ConfigMapKind());
    add(new EndpointsKind());
    add(new EventKind());
    add(new LimitRangeKind());
    add(new NamespaceKind());
    add(new NodeKind());
    add(new PersistentVolumeClaimKind());
    add(new PersistentVolumeKind());
    add(new PodKind());
    add(new PodTemplateKind());
    add(new ReplicationControllerKind());
    add(
        new BuiltInKind<>(
            "",
            "ResourceQuota",
            ResourceQuota.getDefaultInstance(),
            ResourceQuota::getMetadata,
            false));
    add(new SecretKind());
    add(new ServiceAccountKind());
    add(new ServiceKind());
    add(
        new ConstantKind<>(
            "admissionregistration.k8s.io",
            "MutatingAdmissionPolicy",
            MutatingAdmissionPolicy.getDefaultInstance(),
            MutatingAdmissionPolicy::getMetadata,
            true,
            List.of(
                "spec+.failurePolicy=Fail",
                "spec.matchConstraints.excludeResourceRules[].scope=*",
                "spec.matchConstraints.resourceRules[].scope=*",
                "spec.matchConstraints.matchPolicy=Equivalent",
                "spec.matchConstraints.namespaceSelector={}",
                "spec.matchConstraints.objectSelector={}")));
    add(
        new ConstantKind<>(
            "admissionregistration.k8s.io",
            "MutatingAdmissionPolicyBinding",
            MutatingAdmissionPolicyBinding.getDefaultInstance(),
            MutatingAdmissionPolicyBinding::getMetadata,
            true,
            List.of(
                "spec.matchResources.excludeResourceRules[].scope=*",
                "spec.matchResources.resourceRules[].scope=*",
                "spec.matchResources.matchPolicy=Equivalent",
                "spec.matchResources.namespaceSelector={}",
                "spec.matchResources.objectSelector={}")));
    add(
        new ConstantKind<>(
            "admissionregistration.k8s.io",
            "MutatingWebhookConfiguration",
            MutatingWebhookConfiguration.getDefaultInstance(),
            MutatingWebhookConfiguration::getMetadata,
            true,
            List.of(
                "webhooks[].clientConfig.service.port=443",
                "webhooks[].failurePolicy=Fail",
                "webhooks[].matchPolicy=Equivalent",
                "webhooks[].namespaceSelector={}",
                "webhooks[].objectSelector={}",
                "webhooks[].reinvocationPolicy=Never",
                "webhooks[].rules[].scope=*",
                "webhooks[].timeoutSeconds=10")));
    add(
        new ConstantKind<>(
            "admissionregistration.k8s.io",
            "ValidatingAdmissionPolicy",
            ValidatingAdmissionPolicy.getDefaultInstance(),
            ValidatingAdmissionPolicy::getMetadata,
            true,
            List.of(
                "spec+.failurePolicy=Fail",
                "spec.matchConstraints.excludeResourceRules[].scope=*",
                "spec.matchConstraints.resourceRules[].scope=*",
                "spec.matchConstraints.matchPolicy=Equivalent",
                "spec.matchConstraints.namespaceSelector={}",
                "spec.matchConstraints.objectSelector={}")));
    add(
        new ConstantKind<>(
            "admissionregistration.k8s.io",
            "ValidatingAdmissionPolicyBinding",
            ValidatingAdmissionPolicyBinding.getDefaultInstance(),
            ValidatingAdmissionPolicyBinding::getMetadata,
            true,
            List.of(
                "spec.matchResources.excludeResourceRules[].scope=*",
                "spec.matchResources.resourceRules[].scope=*",
                "spec.matchResources.matchPolicy=Equivalent",
                "spec.matchResources.namespaceSelector={}",
                "spec.matchResources.objectSelector={}")));
    add(
        new ConstantKind<>(
            "admissionregistration.k8s.io",
            "ValidatingWebhookConfiguration",
            ValidatingWebhookConfiguration.getDefaultInstance(),
            ValidatingWebhookConfiguration::getMetadata,
            true,
            List.of(
                "webhooks[].clientConfig.service.port=443",
                "webhooks[].failurePolicy=Fail",
                "webhooks[].matchPolicy=Equivalent",
                "webhooks[].namespaceSelector={}",
                "webhooks[].objectSelector={}",
                "webhooks[].rules[].scope=*",
                "webhooks[].timeoutSeconds=10")));
    add(new CustomResourceDefinitionKind());
    add(
        new ConstantKind<>(
            "apiregistration.k8s.io",
            "APIService",
            APIService.getDefaultInstance(),
            APIService::getMetadata,
            false,
            List.of("spec.service.port=443")) {
          /// `v1.` is the core group's.
          @Override
          List<String> wrongName(String name) {
            return Names.pathSegment(name);
          }

          /// What this server serves itself is available at once.
          @Override
          public void prepareForCreate(Map<String, @Nullable Object> tree) {
            super.prepareForCreate(tree);
            Map<String, @Nullable Object> status = new LinkedHashMap<>();
            if (!Tree.has(Tree.map(tree, "spec"), "service")) {
              Map<String, @Nullable Object> condition = new LinkedHashMap<>();
              condition.put("type", "Available");
              condition.put("status", "True");
              condition.put(
                  "lastTransitionTime", Tree.text(Tree.map(tree, "metadata"), "creationTimestamp"));
              condition.put("reason", "Local");
              condition.put("message", "Local APIServices are always available");
              status.put("conditions", List.of(condition));
            }
            tree.put("status", status);
          }
        });
    add(new ControllerRevisionKind());
    add(new DaemonSetKind());
    add(new DeploymentKind());
    add(new ReplicaSetKind());
    add(new StatefulSetKind());
    add(new HorizontalPodAutoscalerKind());
    add(new CronJobKind());
    add(new JobKind());
    add(new CertificateSigningRequestKind());
    add(new LeaseKind());
    add(new EndpointSliceKind());
    add(
        new ConstantKind<>(
            "flowcontrol.apiserver.k8s.io",
            "FlowSchema",
            FlowSchema.getDefaultInstance(),
            FlowSchema::getMetadata,
            true,
            List.of("spec+.matchingPrecedence?=1000")));
    add(
        new ConstantKind<>(
            "flowcontrol.apiserver.k8s.io",
            "PriorityLevelConfiguration",
            PriorityLevelConfiguration.getDefaultInstance(),
            PriorityLevelConfiguration::getMetadata,
            true,
            List.of(
                "spec.limited.nominalConcurrencyShares=30",
                "spec.limited.lendablePercent=0",
                "spec.limited.limitResponse.queuing.handSize?=8",
                "spec.limited.limitResponse.queuing.queues?=64",
                "spec.limited.limitResponse.queuing.queueLengthLimit?=50")));
    add(new IngressClassKind());
    add(new IngressKind());
    add(new IPAddressKind());
    add(new NetworkPolicyKind());
    add(new ServiceCIDRKind());
    add(
        new BuiltInKind<>(
            "node.k8s.io",
            "RuntimeClass",
            RuntimeClass.getDefaultInstance(),
            RuntimeClass::getMetadata,
            false));
    add(new PodDisruptionBudgetKind());
    add(
        new BindingKind<>(
            "ClusterRoleBinding",
            ClusterRoleBinding.getDefaultInstance(),
            ClusterRoleBinding::getMetadata,
            RbacValidation::validate));
    add(new ClusterRoleKind());
    add(
        new BindingKind<>(
            "RoleBinding",
            RoleBinding.getDefaultInstance(),
            RoleBinding::getMetadata,
            RbacValidation::validate));
    add(new RoleKind());
    add(
        new BuiltInKind<>(
            "resource.k8s.io",
            "DeviceClass",
            DeviceClass.getDefaultInstance(),
            DeviceClass::getMetadata,
            true));
    add(new ResourceClaimKind());
    add(new ResourceClaimTemplateKind());
    add(new ResourceSliceKind());
    add(
        new ConstantKind<>(
            "scheduling.k8s.io",
            "PriorityClass",
            PriorityClass.getDefaultInstance(),
            PriorityClass::getMetadata,
            true,
            List.of("preemptionPolicy=PreemptLowerPriority")));
    add(new CSIDriverKind());
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "CSINode",
            CSINode.getDefaultInstance(),
            CSINode::getMetadata,
            false));
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "CSIStorageCapacity",
            CSIStorageCapacity.getDefaultInstance(),
            CSIStorageCapacity::getMetadata,
            false));
    add(
        new ConstantKind<>(
            "storage.k8s.io",
            "StorageClass",
            StorageClass.getDefaultInstance(),
            StorageClass::getMetadata,
            false,
            List.of("reclaimPolicy=Delete", "volumeBindingMode=Immediate")));
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "VolumeAttachment",
            VolumeAttachment.getDefaultInstance(),
            VolumeAttachment::getMetadata,
            false));
    add(
        new BuiltInKind<>(
            "storage.k8s.io",
            "VolumeAttributesClass",
            VolumeAttributesClass.getDefaultInstance(),
            VolumeAttributesClass::getMetadata,
            false));
    add(new NewEventKind());
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
