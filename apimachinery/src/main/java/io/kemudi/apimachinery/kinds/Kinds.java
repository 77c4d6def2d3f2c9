package io.kemudi.apimachinery.kinds;

import io.kemudi.kubernetes.core.v1.ComponentStatus;
import io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding;
import io.kemudi.kubernetes.rbac.v1.RoleBinding;
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
    add(new ResourceQuotaKind());
    add(new SecretKind());
    add(new ServiceAccountKind());
    add(new ServiceKind());
    add(new MutatingAdmissionPolicyKind());
    add(new MutatingAdmissionPolicyBindingKind());
    add(new MutatingWebhookConfigurationKind());
    add(new ValidatingAdmissionPolicyKind());
    add(new ValidatingAdmissionPolicyBindingKind());
    add(new ValidatingWebhookConfigurationKind());
    add(new CustomResourceDefinitionKind());
    add(new APIServiceKind());
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
    add(new FlowSchemaKind());
    add(new PriorityLevelConfigurationKind());
    add(new IngressClassKind());
    add(new IngressKind());
    add(new IPAddressKind());
    add(new NetworkPolicyKind());
    add(new ServiceCIDRKind());
    add(new RuntimeClassKind());
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
    add(new DeviceClassKind());
    add(new ResourceClaimKind());
    add(new ResourceClaimTemplateKind());
    add(new ResourceSliceKind());
    add(new PriorityClassKind());
    add(new CSIDriverKind());
    add(new CSINodeKind());
    add(new CSIStorageCapacityKind());
    add(new StorageClassKind());
    add(new VolumeAttachmentKind());
    add(new VolumeAttributesClassKind());
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
