package io.kemudi.apimachinery.kinds.table;

import io.kemudi.apimachinery.kinds.table.TablePrinter.Builder;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicy;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhookConfiguration;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.kemudi.kubernetes.apiregistration.v1.APIService;
import io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscaler;
import io.kemudi.kubernetes.certificates.v1.CertificateSigningRequest;
import io.kemudi.kubernetes.coordination.v1.Lease;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import io.kemudi.kubernetes.flowcontrol.v1.FlowSchema;
import io.kemudi.kubernetes.flowcontrol.v1.PriorityLevelConfiguration;
import io.kemudi.kubernetes.networking.v1.IPAddress;
import io.kemudi.kubernetes.networking.v1.Ingress;
import io.kemudi.kubernetes.networking.v1.IngressClass;
import io.kemudi.kubernetes.networking.v1.NetworkPolicy;
import io.kemudi.kubernetes.networking.v1.ServiceCIDR;
import io.kemudi.kubernetes.node.v1.RuntimeClass;
import io.kemudi.kubernetes.policy.v1.PodDisruptionBudget;
import io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding;
import io.kemudi.kubernetes.rbac.v1.RoleBinding;
import io.kemudi.kubernetes.rbac.v1.Subject;
import io.kemudi.kubernetes.resource.v1.DeviceClass;
import io.kemudi.kubernetes.resource.v1.ResourceClaim;
import io.kemudi.kubernetes.resource.v1.ResourceClaimTemplate;
import io.kemudi.kubernetes.resource.v1.ResourceSlice;
import io.kemudi.kubernetes.scheduling.v1.PriorityClass;
import io.kemudi.kubernetes.storage.v1.CSIDriver;
import io.kemudi.kubernetes.storage.v1.CSINode;
import io.kemudi.kubernetes.storage.v1.StorageClass;
import io.kemudi.kubernetes.storage.v1.VolumeAttachment;
import io.kemudi.kubernetes.storage.v1.VolumeAttributesClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The tables of the smaller groups.
final class OtherTables {
  private OtherTables() {}

  static void addTo(Map<String, TablePrinter> tables) {
    put(
        tables,
        "coordination.k8s.io/Lease",
        Tables.named(Lease::getMetadata)
            .text("Holder", o -> o.getSpec().getHolderIdentity())
            .since("Age", Tables.age(Lease::getMetadata)));
    put(
        tables,
        "discovery.k8s.io/EndpointSlice",
        Tables.named(EndpointSlice::getMetadata)
            .text("AddressType", EndpointSlice::getAddressType)
            .text("Ports", EndpointCells::ports)
            .text("Endpoints", EndpointCells::addresses)
            .since("Age", Tables.age(EndpointSlice::getMetadata)));
    put(
        tables,
        "networking.k8s.io/IngressClass",
        Tables.named(IngressClass::getMetadata)
            .text("Controller", o -> o.getSpec().getController())
            .text("Parameters", OtherTables::parameters)
            .since("Age", Tables.age(IngressClass::getMetadata)));
    put(
        tables,
        "networking.k8s.io/Ingress",
        Tables.named(Ingress::getMetadata)
            .text("Class", o -> Cells.orNone(o.getSpec().getIngressClassName()))
            .text("Hosts", OtherTables::hosts)
            .text("Address", OtherTables::addresses)
            .text("Ports", o -> o.getSpec().getTlsCount() > 0 ? "80, 443" : "80")
            .since("Age", Tables.age(Ingress::getMetadata)));
    put(
        tables,
        "networking.k8s.io/IPAddress",
        Tables.named(IPAddress::getMetadata).text("ParentRef", OtherTables::parent));
    put(
        tables,
        "networking.k8s.io/NetworkPolicy",
        Tables.named(NetworkPolicy::getMetadata)
            .text("Pod-Selector", o -> Cells.selector(o.getSpec().getPodSelector()))
            .since("Age", Tables.age(NetworkPolicy::getMetadata)));
    put(
        tables,
        "networking.k8s.io/ServiceCIDR",
        Tables.named(ServiceCIDR::getMetadata)
            .text("CIDRs", o -> Cells.joined(o.getSpec().getCidrsList()))
            .since("Age", Tables.age(ServiceCIDR::getMetadata)));
    put(
        tables,
        "node.k8s.io/RuntimeClass",
        Tables.named(RuntimeClass::getMetadata)
            .text("Handler", RuntimeClass::getHandler)
            .since("Age", Tables.age(RuntimeClass::getMetadata)));
    put(
        tables,
        "policy/PodDisruptionBudget",
        Tables.named(PodDisruptionBudget::getMetadata)
            .text(
                "Min Available",
                o ->
                    o.getSpec().hasMinAvailable()
                        ? Cells.countOrPercent(o.getSpec().getMinAvailable())
                        : "N/A")
            .text(
                "Max Unavailable",
                o ->
                    o.getSpec().hasMaxUnavailable()
                        ? Cells.countOrPercent(o.getSpec().getMaxUnavailable())
                        : "N/A")
            .number("Allowed Disruptions", o -> o.getStatus().getDisruptionsAllowed())
            .since("Age", Tables.age(PodDisruptionBudget::getMetadata)));
    put(
        tables,
        "rbac.authorization.k8s.io/ClusterRoleBinding",
        Tables.named(ClusterRoleBinding::getMetadata)
            .text("Role", o -> o.getRoleRef().getKind() + "/" + o.getRoleRef().getName())
            .since("Age", Tables.age(ClusterRoleBinding::getMetadata))
            .wide("Users", o -> subjects(o.getSubjectsList(), "User"))
            .wide("Groups", o -> subjects(o.getSubjectsList(), "Group"))
            .wide("ServiceAccounts", o -> subjects(o.getSubjectsList(), "ServiceAccount")));
    put(
        tables,
        "rbac.authorization.k8s.io/RoleBinding",
        Tables.named(RoleBinding::getMetadata)
            .text("Role", o -> o.getRoleRef().getKind() + "/" + o.getRoleRef().getName())
            .since("Age", Tables.age(RoleBinding::getMetadata))
            .wide("Users", o -> subjects(o.getSubjectsList(), "User"))
            .wide("Groups", o -> subjects(o.getSubjectsList(), "Group"))
            .wide("ServiceAccounts", o -> subjects(o.getSubjectsList(), "ServiceAccount")));
    put(
        tables,
        "scheduling.k8s.io/PriorityClass",
        Tables.named(PriorityClass::getMetadata)
            .number("Value", PriorityClass::getValue)
            .flag("Global-Default", PriorityClass::getGlobalDefault)
            .since("Age", Tables.age(PriorityClass::getMetadata))
            .text("PreemptionPolicy", PriorityClass::getPreemptionPolicy));
    put(
        tables,
        "storage.k8s.io/CSIDriver",
        Tables.named(CSIDriver::getMetadata)
            .flag("AttachRequired", o -> o.getSpec().getAttachRequired())
            .flag("PodInfoOnMount", o -> o.getSpec().getPodInfoOnMount())
            .flag("StorageCapacity", o -> o.getSpec().getStorageCapacity())
            .text("TokenRequests", OtherTables::tokens)
            .flag("RequiresRepublish", o -> o.getSpec().getRequiresRepublish())
            .text(
                "Modes", o -> Cells.orNone(Cells.joined(o.getSpec().getVolumeLifecycleModesList())))
            .since("Age", Tables.age(CSIDriver::getMetadata)));
    put(
        tables,
        "storage.k8s.io/CSINode",
        Tables.named(CSINode::getMetadata)
            .number("Drivers", o -> o.getSpec().getDriversCount())
            .since("Age", Tables.age(CSINode::getMetadata)));
    put(
        tables,
        "storage.k8s.io/StorageClass",
        Tables.named(StorageClass::getMetadata)
            .text("Provisioner", StorageClass::getProvisioner)
            .text("ReclaimPolicy", StorageClass::getReclaimPolicy)
            .text("VolumeBindingMode", StorageClass::getVolumeBindingMode)
            .text("AllowVolumeExpansion", StorageClass::getAllowVolumeExpansion)
            .since("Age", Tables.age(StorageClass::getMetadata)));
    put(
        tables,
        "storage.k8s.io/VolumeAttachment",
        Tables.named(VolumeAttachment::getMetadata)
            .add("Attacher", "string", "name", 0, (o, now) -> o.getSpec().getAttacher())
            .text("PV", o -> o.getSpec().getSource().getPersistentVolumeName())
            .text("Node", o -> o.getSpec().getNodeName())
            .flag("Attached", o -> o.getStatus().getAttached())
            .since("Age", Tables.age(VolumeAttachment::getMetadata)));
    put(
        tables,
        "storage.k8s.io/VolumeAttributesClass",
        Tables.named(VolumeAttributesClass::getMetadata)
            .text("DriverName", VolumeAttributesClass::getDriverName)
            .since("Age", Tables.age(VolumeAttributesClass::getMetadata)));
    put(
        tables,
        "admissionregistration.k8s.io/MutatingWebhookConfiguration",
        Tables.named(MutatingWebhookConfiguration::getMetadata)
            .number("Webhooks", MutatingWebhookConfiguration::getWebhooksCount)
            .since("Age", Tables.age(MutatingWebhookConfiguration::getMetadata)));
    put(
        tables,
        "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
        Tables.named(ValidatingWebhookConfiguration::getMetadata)
            .number("Webhooks", ValidatingWebhookConfiguration::getWebhooksCount)
            .since("Age", Tables.age(ValidatingWebhookConfiguration::getMetadata)));
    put(
        tables,
        "admissionregistration.k8s.io/MutatingAdmissionPolicy",
        Tables.named(MutatingAdmissionPolicy::getMetadata)
            .number("Mutations", o -> o.getSpec().getMutationsCount())
            .text(
                "ParamKind",
                o ->
                    o.getSpec().hasParamKind()
                        ? o.getSpec().getParamKind().getApiVersion()
                            + "/"
                            + o.getSpec().getParamKind().getKind()
                        : Cells.UNSET)
            .since("Age", Tables.age(MutatingAdmissionPolicy::getMetadata)));
    put(
        tables,
        "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
        Tables.named(ValidatingAdmissionPolicy::getMetadata)
            .number("Validations", o -> o.getSpec().getValidationsCount())
            .text(
                "ParamKind",
                o ->
                    o.getSpec().hasParamKind()
                        ? o.getSpec().getParamKind().getApiVersion()
                            + "/"
                            + o.getSpec().getParamKind().getKind()
                        : Cells.UNSET)
            .since("Age", Tables.age(ValidatingAdmissionPolicy::getMetadata)));
    put(
        tables,
        "apiregistration.k8s.io/APIService",
        Tables.named(APIService::getMetadata)
            .text(
                "Service",
                o ->
                    o.getSpec().hasService()
                        ? o.getSpec().getService().getNamespace()
                            + "/"
                            + o.getSpec().getService().getName()
                        : "Local")
            .text("Available", OtherTables::available)
            .since("Age", Tables.age(APIService::getMetadata)));
    put(
        tables,
        "certificates.k8s.io/CertificateSigningRequest",
        Tables.named(CertificateSigningRequest::getMetadata)
            .since("Age", Tables.age(CertificateSigningRequest::getMetadata))
            .text("SignerName", o -> o.getSpec().getSignerName())
            .text("Requestor", o -> o.getSpec().getUsername())
            .text(
                "RequestedDuration",
                o ->
                    o.getSpec().hasExpirationSeconds()
                        ? HumanDuration.of(
                            java.time.Duration.ofSeconds(o.getSpec().getExpirationSeconds()))
                        : Cells.NONE)
            .text("Condition", OtherTables::condition));
    put(
        tables,
        "autoscaling/HorizontalPodAutoscaler",
        Tables.named(HorizontalPodAutoscaler::getMetadata)
            .text("Reference", AutoscalerCells::reference)
            .text("Targets", AutoscalerCells::targets)
            .text("MinPods", AutoscalerCells::least)
            .text("MaxPods", o -> o.getSpec().getMaxReplicas())
            .text("Replicas", o -> o.getStatus().getCurrentReplicas())
            .since("Age", Tables.age(HorizontalPodAutoscaler::getMetadata)));
    put(
        tables,
        "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding",
        Tables.named(MutatingAdmissionPolicyBinding::getMetadata)
            .text("PolicyName", o -> o.getSpec().getPolicyName())
            .text(
                "ParamRef",
                o -> ParamRefCells.of(o.getSpec().hasParamRef(), o.getSpec().getParamRef()))
            .since("Age", Tables.age(MutatingAdmissionPolicyBinding::getMetadata)));
    put(
        tables,
        "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
        Tables.named(ValidatingAdmissionPolicyBinding::getMetadata)
            .text("PolicyName", o -> o.getSpec().getPolicyName())
            .text(
                "ParamRef",
                o -> ParamRefCells.of(o.getSpec().hasParamRef(), o.getSpec().getParamRef()))
            .since("Age", Tables.age(ValidatingAdmissionPolicyBinding::getMetadata)));
    put(
        tables,
        "flowcontrol.apiserver.k8s.io/FlowSchema",
        Tables.named(FlowSchema::getMetadata)
            .text("PriorityLevel", o -> o.getSpec().getPriorityLevelConfiguration().getName())
            .text("MatchingPrecedence", o -> o.getSpec().getMatchingPrecedence())
            .text(
                "DistinguisherMethod",
                o ->
                    o.getSpec().hasDistinguisherMethod()
                        ? o.getSpec().getDistinguisherMethod().getType()
                        : Cells.NONE)
            .since("Age", Tables.age(FlowSchema::getMetadata))
            .text("MissingPL", OtherTables::dangling));
    put(
        tables,
        "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
        Tables.named(PriorityLevelConfiguration::getMetadata)
            .text("Type", o -> o.getSpec().getType())
            .text("NominalConcurrencyShares", OtherTables::shares)
            .text("Queues", o -> queuing(o, 0))
            .text("HandSize", o -> queuing(o, 1))
            .text("QueueLengthLimit", o -> queuing(o, 2))
            .since("Age", Tables.age(PriorityLevelConfiguration::getMetadata)));
    put(
        tables,
        "resource.k8s.io/DeviceClass",
        Tables.named(DeviceClass::getMetadata).since("Age", Tables.age(DeviceClass::getMetadata)));
    put(
        tables,
        "resource.k8s.io/ResourceClaim",
        Tables.named(ResourceClaim::getMetadata)
            .text("State", OtherTables::state)
            .since("Age", Tables.age(ResourceClaim::getMetadata)));
    put(
        tables,
        "resource.k8s.io/ResourceClaimTemplate",
        Tables.named(ResourceClaimTemplate::getMetadata)
            .since("Age", Tables.age(ResourceClaimTemplate::getMetadata)));
    put(
        tables,
        "resource.k8s.io/ResourceSlice",
        Tables.named(ResourceSlice::getMetadata)
            .text("Node", o -> o.getSpec().getNodeName())
            .text("Driver", o -> o.getSpec().getDriver())
            .text("Pool", o -> o.getSpec().getPool().getName())
            .since("Age", Tables.age(ResourceSlice::getMetadata)));
  }

  private static void put(Map<String, TablePrinter> tables, String kind, Builder<?> table) {
    tables.put(kind, table.build());
  }

  private static String parameters(IngressClass object) {
    if (!object.getSpec().hasParameters()) {
      return Cells.NONE;
    }
    var parameters = object.getSpec().getParameters();
    String group = parameters.getAPIGroup().isEmpty() ? "" : "." + parameters.getAPIGroup();
    return parameters.getKind() + group + "/" + parameters.getName();
  }

  private static String hosts(Ingress ingress) {
    String hosts =
        ingress.getSpec().getRulesList().stream()
            .limit(3)
            .map(rule -> rule.getHost())
            .filter(host -> !host.isEmpty())
            .collect(Collectors.joining(","));
    if (hosts.isEmpty()) {
      return "*";
    }
    int more = ingress.getSpec().getRulesCount() - 3;
    return more > 0 ? hosts + " + " + more + " more..." : hosts;
  }

  private static String addresses(Ingress ingress) {
    return ingress.getStatus().getLoadBalancer().getIngressList().stream()
        .map(one -> one.getIp().isEmpty() ? one.getHostname() : one.getIp())
        .distinct()
        .collect(Collectors.joining(","));
  }

  private static String parent(IPAddress address) {
    var parent = address.getSpec().getParentRef();
    String group = parent.getGroup().isEmpty() ? "" : "." + parent.getGroup();
    String namespace = parent.getNamespace().isEmpty() ? "" : parent.getNamespace() + "/";
    return parent.getResource() + group + "/" + namespace + parent.getName();
  }

  private static String subjects(List<Subject> subjects, String kind) {
    return subjects.stream()
        .filter(subject -> subject.getKind().equals(kind))
        .map(subject ->
            kind.equals("ServiceAccount")
                ? subject.getNamespace() + "/" + subject.getName()
                : subject.getName())
        .collect(Collectors.joining(","));
  }

  private static String tokens(CSIDriver driver) {
    return Cells.orUnset(
        driver.getSpec().getTokenRequestsList().stream()
            .map(request -> request.getAudience())
            .collect(Collectors.joining(",")));
  }

  private static String available(APIService service) {
    for (var condition : service.getStatus().getConditionsList()) {
      if (condition.getType().equals("Available")) {
        return condition.getStatus().equals("True")
            ? "True"
            : condition.getStatus() + " (" + condition.getReason() + ")";
      }
    }
    return "Unknown";
  }

  private static String condition(CertificateSigningRequest request) {
    List<String> shown = new ArrayList<>();
    boolean decided = false;
    boolean failed = false;
    for (var condition : request.getStatus().getConditionsList()) {
      if (condition.getType().equals("Approved") || condition.getType().equals("Denied")) {
        shown.add(condition.getType());
        decided = true;
      }
      failed |= condition.getType().equals("Failed");
    }
    if (!decided) {
      shown.add("Pending");
    }
    if (failed) {
      shown.add("Failed");
    }
    if (!request.getStatus().getCertificate().isEmpty()) {
      shown.add("Issued");
    }
    return String.join(",", shown);
  }

  private static String dangling(FlowSchema schema) {
    for (var condition : schema.getStatus().getConditionsList()) {
      if (condition.getType().equals("Dangling")) {
        return condition.getStatus();
      }
    }
    return "?";
  }

  private static Object shares(PriorityLevelConfiguration level) {
    var spec = level.getSpec();
    if (spec.hasLimited()) {
      return spec.getLimited().getNominalConcurrencyShares();
    }
    return spec.hasExempt() ? (Object) spec.getExempt().getNominalConcurrencyShares() : Cells.NONE;
  }

  private static Object queuing(PriorityLevelConfiguration level, int which) {
    var response = level.getSpec().getLimited().getLimitResponse();
    if (!response.hasQueuing()) {
      return Cells.NONE;
    }
    var queuing = response.getQueuing();
    return which == 0
        ? queuing.getQueues()
        : which == 1 ? queuing.getHandSize() : queuing.getQueueLengthLimit();
  }

  private static String state(ResourceClaim claim) {
    List<String> states = new ArrayList<>();
    if (claim.getMetadata().hasDeletionTimestamp()) {
      states.add("deleted");
    }
    if (claim.getStatus().hasAllocation()) {
      states.add("allocated");
    } else if (!claim.getMetadata().hasDeletionTimestamp()) {
      states.add("pending");
    }
    if (claim.getStatus().getReservedForCount() > 0) {
      states.add("reserved");
    }
    return String.join(",", states);
  }
}
