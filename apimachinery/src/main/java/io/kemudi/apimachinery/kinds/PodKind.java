package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.Pod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Pod: the resources of its spec decide its class, and most of its spec never changes.
final class PodKind extends BuiltInKind<Pod> {
  PodKind() {
    super("", "Pod", Pod.getDefaultInstance(), Pod::getMetadata, true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    PodSpecDefaults.applyToPod(tree);
    Tree.defaultText(Tree.made(tree, "status"), "phase", "Pending");
    mirrorAddress(Tree.made(tree, "status"));
  }

  /// `podIP` is the first of `podIPs`.
  private static void mirrorAddress(Map<String, @Nullable Object> status) {
    List<Map<String, @Nullable Object>> addresses = Tree.maps(status, "podIPs");
    String address = Tree.text(status, "podIP");
    if (!address.isEmpty()
        && (addresses.isEmpty() || !Tree.text(addresses.getFirst(), "ip").equals(address))) {
      Map<String, @Nullable Object> only = new LinkedHashMap<>();
      only.put("ip", address);
      status.put("podIPs", new ArrayList<>(List.of(only)));
    } else if (address.isEmpty() && !addresses.isEmpty()) {
      status.put("podIP", Tree.text(addresses.getFirst(), "ip"));
    }
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    status.put("phase", "Pending");
    status.put("qosClass", PodResources.qosClass(spec));
    if (!Tree.list(spec, "schedulingGates").isEmpty()) {
      status.put("conditions", new ArrayList<>(List.of(gated(tree))));
    }
    tree.put("status", status);
    DisabledPodFields.dropFrom(spec);
    oneSecondForLess(spec);
    MatchLabelKeys.merge(spec, Tree.map(tree, "metadata", "labels"));
  }

  /// A negative grace period was let in once, and meant this.
  private static void oneSecondForLess(Map<String, @Nullable Object> spec) {
    if (spec.get("terminationGracePeriodSeconds") instanceof Number grace
        && grace.longValue() < 0) {
      spec.put("terminationGracePeriodSeconds", 1L);
    }
  }

  private static Map<String, @Nullable Object> gated(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("type", "PodScheduled");
    condition.put("status", "False");
    condition.put("lastProbeTime", null);
    condition.put("lastTransitionTime", Tree.made(tree, "metadata").get("creationTimestamp"));
    condition.put("reason", "SchedulingGated");
    condition.put("message", "Scheduling is blocked due to non-empty scheduling gates");
    return condition;
  }

  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    switch (subresource) {
      case "ephemeralcontainers" -> {
        onlySpecChange(tree, old, "ephemeralContainers");
        super.prepareForUpdate(tree, old, "");
      }
      case "resize" -> {
        PodResize.keepAllButResources(tree, old);
        super.prepareForUpdate(tree, old, "");
      }
      default -> super.prepareForUpdate(tree, old, subresource);
    }
    Map<String, @Nullable Object> oldStatus = Tree.map(old, "status");
    if (subresource.equals("status") && oldStatus != null) {
      Tree.defaultText(Tree.made(tree, "status"), "qosClass", Tree.text(oldStatus, "qosClass"));
      Map<String, @Nullable Object> oldMetadata = Tree.map(old, "metadata");
      Tree.copy(
          oldMetadata == null ? Map.of() : oldMetadata,
          Tree.made(tree, "metadata"),
          "ownerReferences");
    }
  }

  /// The write may change this one field of the spec; the rest stays.
  private static void onlySpecChange(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String field) {
    Map<String, @Nullable Object> asked = Tree.made(tree, "spec");
    Map<String, @Nullable Object> oldSpec = Tree.map(old, "spec");
    Map<String, @Nullable Object> spec = new LinkedHashMap<>(oldSpec == null ? Map.of() : oldSpec);
    Tree.copy(asked, spec, field);
    tree.put("spec", spec);
  }

  @Override
  public List<String> selectableFields() {
    return List.of(
        "metadata.name",
        "metadata.namespace",
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName");
  }

  @Override
  public String selectableField(Message object, String field) {
    Pod pod = cast(object);
    return switch (field) {
      case "spec.nodeName" -> pod.getSpec().getNodeName();
      case "spec.restartPolicy" -> pod.getSpec().getRestartPolicy();
      case "spec.schedulerName" -> pod.getSpec().getSchedulerName();
      case "spec.serviceAccountName" -> pod.getSpec().getServiceAccountName();
      case "spec.hostNetwork" -> String.valueOf(pod.getSpec().getHostNetwork());
      case "status.phase" -> pod.getStatus().getPhase();
      case "status.podIP", "status.podIPs" -> pod.getStatus().getPodIP();
      case "status.nominatedNodeName" -> pod.getStatus().getNominatedNodeName();
      default -> super.selectableField(object, field);
    };
  }

  @Override
  void validate(Pod pod, FieldErrors errors) {
    PodValidation.validateCreate(pod, errors);
  }

  @Override
  void validateUpdate(Pod pod, Pod old, String subresource, FieldErrors errors) {
    PodValidation.validateUpdate(pod, old, subresource, errors);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 2 : 0;
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    Pod pod = cast(object);
    if (old != null && pod.getSpec().equals(cast(old).getSpec())) {
      return List.of();
    }
    List<String> warnings = new ArrayList<>();
    List<String> wrong = Names.dnsLabel(pod.getMetadata().getName());
    if (old == null && !wrong.isEmpty()) {
      warnings.add(
          "metadata.name: this is used in the Pod's hostname, which can result in surprising"
              + " behavior; a DNS label is recommended: "
              + wrong);
    }
    warnings.addAll(PodWarnings.of(pod.getSpec(), pod.getMetadata(), null));
    return warnings;
  }
}
