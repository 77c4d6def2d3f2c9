package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.apimachinery.validation.ObjectMetaValidation;
import io.kemudi.kubernetes.core.v1.HostAlias;
import io.kemudi.kubernetes.core.v1.PodDNSConfig;
import io.kemudi.kubernetes.core.v1.PodResourceClaim;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.Toleration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The spec of a pod or of a template for pods, in upstream's order.
final class PodSpecValidation {
  private static final int MAX_NAMESERVERS = 3;
  private static final int MAX_SEARCHES = 32;
  private static final List<String> RESTART_POLICIES = List.of("Always", "OnFailure", "Never");
  private static final List<String> DNS_POLICIES =
      List.of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");

  private final PodSpec spec;
  private final FieldPath path;
  private final FieldErrors errors;

  private PodSpecValidation(PodSpec spec, FieldPath path, FieldErrors errors) {
    this.spec = spec;
    this.path = path;
    this.errors = errors;
  }

  static void validate(PodSpec spec, FieldPath path, FieldErrors errors) {
    new PodSpecValidation(spec, path, errors).validate();
  }

  private void validate() {
    new VolumeValidation(errors).validateAll(spec.getVolumesList(), path.child("volumes"));
    resourceClaims(path.child("resourceClaims"));
    new ContainerValidation(spec, errors).validateAll(path);
    if (spec.hasResources()) {
      ResourcesValidation.validatePod(spec.getResources(), path.child("resources"), errors);
    }
    policies();
    ObjectMetaValidation.validateLabels(
        spec.getNodeSelectorMap(), path.child("nodeSelector"), errors);
    SecurityContextValidation.validatePod(spec, path, errors);
    AffinityValidation affinity = new AffinityValidation(errors);
    affinity.validate(spec.getAffinity(), path.child("affinity"));
    dns(spec.getDnsConfig(), path.child("dnsConfig"));
    gates();
    affinity.spread(
        spec.getTopologySpreadConstraintsList(), path.child("topologySpreadConstraints"));
    windowsHostProcess();
    ownUsers();
    names();
    tolerations(spec.getTolerationsList(), path.child("tolerations"));
    hostAliases(spec.getHostAliasesList(), path.child("hostAliases"));
    rest();
    OperatingSystemValidation.validate(spec, path, errors);
  }

  private void resourceClaims(FieldPath place) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.getResourceClaimsCount(); i++) {
      PodResourceClaim claim = spec.getResourceClaims(i);
      FieldPath at = place.index(i);
      if (claim.getName().isEmpty()) {
        errors.required(at.child("name"));
      } else if (!names.add(claim.getName())) {
        errors.duplicate(at.child("name"), claim.getName());
      } else {
        Checks.form(claim.getName(), Names::dnsLabel, at.child("name"), errors);
      }
      if (claim.hasResourceClaimName() && claim.hasResourceClaimTemplateName()) {
        errors.invalid(
            at,
            shown(claim),
            "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
      } else if (!claim.hasResourceClaimName() && !claim.hasResourceClaimTemplateName()) {
        errors.invalid(
            at,
            shown(claim),
            "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
      }
    }
  }

  private static Map<String, @Nullable Object> shown(PodResourceClaim claim) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("Name", claim.getName());
    shown.put(
        "ResourceClaimName", claim.hasResourceClaimName() ? claim.getResourceClaimName() : null);
    shown.put(
        "ResourceClaimTemplateName",
        claim.hasResourceClaimTemplateName() ? claim.getResourceClaimTemplateName() : null);
    return shown;
  }

  private void policies() {
    if (spec.getRestartPolicy().isEmpty()) {
      errors.required(path.child("restartPolicy"));
    } else {
      Checks.oneOf(spec.getRestartPolicy(), RESTART_POLICIES, path.child("restartPolicy"), errors);
    }
    if (spec.getDnsPolicy().isEmpty()) {
      errors.required(path.child("dnsPolicy"));
    } else {
      Checks.oneOf(spec.getDnsPolicy(), DNS_POLICIES, path.child("dnsPolicy"), errors);
    }
  }

  private void dns(PodDNSConfig config, FieldPath place) {
    if (spec.getDnsPolicy().equals("None")) {
      if (!spec.hasDnsConfig()) {
        errors.required(place, "must provide `dnsConfig` when `dnsPolicy` is None");
        return;
      }
      if (config.getNameserversCount() == 0) {
        errors.required(
            place.child("nameservers"),
            "must provide at least one DNS nameserver when `dnsPolicy` is None");
        return;
      }
    }
    if (config.getNameserversCount() > MAX_NAMESERVERS) {
      errors.invalid(
          place.child("nameservers"),
          config.getNameserversList(),
          "must not have more than " + MAX_NAMESERVERS + " nameservers");
    }
    for (int i = 0; i < config.getNameserversCount(); i++) {
      Checks.ip(config.getNameservers(i), place.child("nameservers").index(i), errors);
    }
    if (config.getSearchesCount() > MAX_SEARCHES) {
      errors.invalid(
          place.child("searches"),
          config.getSearchesList(),
          "must not have more than " + MAX_SEARCHES + " search paths");
    }
    for (int i = 0; i < config.getSearchesCount(); i++) {
      search(config.getSearches(i), place.child("searches").index(i));
    }
    for (int i = 0; i < config.getOptionsCount(); i++) {
      if (config.getOptions(i).getName().isEmpty()) {
        errors.required(place.child("options").index(i), "must not be empty");
      }
    }
  }

  private void search(String search, FieldPath place) {
    if (search.equals(".")) {
      return;
    }
    String name = search.endsWith(".") ? search.substring(0, search.length() - 1) : search;
    for (String error : Names.relaxedDnsSubdomain(name)) {
      errors.invalid(place, search, error);
    }
  }

  private void gates() {
    for (int i = 0; i < spec.getReadinessGatesCount(); i++) {
      Checks.form(
          spec.getReadinessGates(i).getConditionType(),
          Names::qualified,
          path.child("readinessGates").index(i).child("conditionType"),
          errors);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.getSchedulingGatesCount(); i++) {
      String name = spec.getSchedulingGates(i).getName();
      FieldPath place = path.child("schedulingGates").index(i);
      Checks.form(name, Names::qualified, place, errors);
      if (!names.add(name)) {
        errors.duplicate(place, name);
      }
    }
  }

  private void windowsHostProcess() {
    boolean any =
        spec.getSecurityContext().getWindowsOptions().getHostProcess()
            || spec.getContainersList().stream()
                .anyMatch(c -> c.getSecurityContext().getWindowsOptions().getHostProcess());
    if (any && !spec.getHostNetwork()) {
      errors.invalid(
          path.child("hostNetwork"),
          false,
          "hostNetwork must be true if pod contains any hostProcess containers");
    }
  }

  /// A pod with users of its own cannot share the host's other namespaces.
  private void ownUsers() {
    if (!spec.hasHostUsers() || spec.getHostUsers()) {
      return;
    }
    String why = "when `hostUsers` is false";
    if (spec.getHostNetwork()) {
      errors.forbidden(path.child("hostNetwork"), why);
    }
    if (spec.getHostPID()) {
      errors.forbidden(path.child("HostPID"), why);
    }
    if (spec.getHostIPC()) {
      errors.forbidden(path.child("HostIPC"), why);
    }
  }

  private void names() {
    if (!spec.getServiceAccountName().isEmpty()) {
      Checks.form(
          spec.getServiceAccountName(),
          Names::dnsSubdomain,
          path.child("serviceAccountName"),
          errors);
    }
    if (!spec.getNodeName().isEmpty()) {
      Checks.form(spec.getNodeName(), Names::dnsSubdomain, path.child("nodeName"), errors);
    }
    if (spec.hasActiveDeadlineSeconds()) {
      Checks.inRange(
          spec.getActiveDeadlineSeconds(),
          1,
          Integer.MAX_VALUE,
          path.child("activeDeadlineSeconds"),
          errors);
    }
    if (!spec.getHostname().isEmpty()) {
      Checks.form(spec.getHostname(), Names::dnsLabel, path.child("hostname"), errors);
    }
    if (!spec.getSubdomain().isEmpty()) {
      Checks.form(spec.getSubdomain(), Names::dnsLabel, path.child("subdomain"), errors);
    }
  }

  static void tolerations(List<Toleration> tolerations, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < tolerations.size(); i++) {
      toleration(tolerations.get(i), path.index(i), errors);
    }
  }

  private void tolerations(List<Toleration> tolerations, FieldPath place) {
    tolerations(tolerations, place, errors);
  }

  private static void toleration(Toleration toleration, FieldPath place, FieldErrors errors) {
    String operator = toleration.getOperator();
    FieldPath at = place.child("operator");
    if (!toleration.getKey().isEmpty()) {
      Checks.form(toleration.getKey(), Names::labelKey, place.child("key"), errors);
    } else if (!operator.equals("Exists")) {
      errors.invalid(
          at,
          operator,
          "operator must be Exists when `key` is empty, which means \"match all values and all"
              + " keys\"");
    }
    if (toleration.hasTolerationSeconds() && !toleration.getEffect().equals("NoExecute")) {
      errors.invalid(
          place.child("effect"),
          toleration.getEffect(),
          "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    switch (operator) {
      case "Equal", "" -> {
        List<String> wrong = Names.labelValue(toleration.getValue());
        if (!wrong.isEmpty()) {
          errors.invalid(at, toleration.getValue(), String.join(";", wrong));
        }
      }
      case "Exists" -> {
        if (!toleration.getValue().isEmpty()) {
          errors.invalid(
              at, toleration.getValue(), "value must be empty when `operator` is 'Exists'");
        }
      }
      // Known, but behind a feature that a default server has off.
      case "Lt", "Gt" -> errors.notSupported(at, operator, List.of("Equal", "Exists", "Lt", "Gt"));
      default -> errors.notSupported(at, operator, List.of("Equal", "Exists"));
    }
    NodeValidation.effect(toleration.getEffect(), true, place.child("effect"), errors);
  }

  private void hostAliases(List<HostAlias> aliases, FieldPath place) {
    for (int i = 0; i < aliases.size(); i++) {
      Checks.ip(aliases.get(i).getIp(), place.index(i).child("ip"), errors);
      for (String name : aliases.get(i).getHostnamesList()) {
        Checks.form(name, Names::dnsSubdomain, place.index(i).child("hostnames"), errors);
      }
    }
  }

  private void rest() {
    if (!spec.getPriorityClassName().isEmpty()) {
      Checks.form(
          spec.getPriorityClassName(),
          Names::dnsSubdomain,
          path.child("priorityClassName"),
          errors);
    }
    if (spec.hasRuntimeClassName()) {
      Checks.form(
          spec.getRuntimeClassName(), Names::dnsSubdomain, path.child("runtimeClassName"), errors);
    }
    if (spec.hasPreemptionPolicy()) {
      Checks.oneOf(
          spec.getPreemptionPolicy(),
          List.of("PreemptLowerPriority", "Never"),
          path.child("preemptionPolicy"),
          errors);
    }
    if (spec.hasHostnameOverride()) {
      FieldPath place = path.child("hostnameOverride");
      Checks.form(spec.getHostnameOverride(), Names::dnsSubdomain, place, errors);
      if (spec.getHostNetwork()) {
        errors.forbidden(place, "may not be specified when hostNetwork is true");
      }
    }
  }
}
