package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.Affinity;
import io.kemudi.kubernetes.core.v1.NodeSelectorRequirement;
import io.kemudi.kubernetes.core.v1.NodeSelectorTerm;
import io.kemudi.kubernetes.core.v1.PodAffinityTerm;
import io.kemudi.kubernetes.core.v1.TopologySpreadConstraint;
import io.kemudi.kubernetes.core.v1.WeightedPodAffinityTerm;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Where a pod wants to be: near nodes, near or far from other pods, spread.
final class AffinityValidation {
  private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
  private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
  private static final List<String> WHEN = List.of("DoNotSchedule", "ScheduleAnyway");
  private static final List<String> INCLUSION = List.of("Honor", "Ignore");

  private final FieldErrors errors;

  AffinityValidation(FieldErrors errors) {
    this.errors = errors;
  }

  void validate(Affinity affinity, FieldPath path) {
    if (affinity.hasNodeAffinity()) {
      FieldPath place = path.child("nodeAffinity");
      var node = affinity.getNodeAffinity();
      if (node.hasRequiredDuringSchedulingIgnoredDuringExecution()) {
        nodeSelector(
            node.getRequiredDuringSchedulingIgnoredDuringExecution().getNodeSelectorTermsList(),
            place.child(REQUIRED, "nodeSelectorTerms"));
      }
      for (int i = 0; i < node.getPreferredDuringSchedulingIgnoredDuringExecutionCount(); i++) {
        var term = node.getPreferredDuringSchedulingIgnoredDuringExecution(i);
        FieldPath at = place.child(PREFERRED).index(i);
        weight(term.getWeight(), at.child("weight"));
        nodeTerm(term.getPreference(), at.child("preference"));
      }
    }
    if (affinity.hasPodAffinity()) {
      var pod = affinity.getPodAffinity();
      pods(
          pod.getRequiredDuringSchedulingIgnoredDuringExecutionList(),
          pod.getPreferredDuringSchedulingIgnoredDuringExecutionList(),
          path.child("podAffinity"));
    }
    if (affinity.hasPodAntiAffinity()) {
      var pod = affinity.getPodAntiAffinity();
      pods(
          pod.getRequiredDuringSchedulingIgnoredDuringExecutionList(),
          pod.getPreferredDuringSchedulingIgnoredDuringExecutionList(),
          path.child("podAntiAffinity"));
    }
  }

  private void weight(int weight, FieldPath path) {
    if (weight < 1 || weight > 100) {
      errors.invalid(path, weight, "must be in the range 1-100");
    }
  }

  void nodeSelector(List<NodeSelectorTerm> terms, FieldPath path) {
    if (terms.isEmpty()) {
      errors.required(path, "must have at least one node selector term");
    }
    for (int i = 0; i < terms.size(); i++) {
      nodeTerm(terms.get(i), path.index(i));
    }
  }

  private void nodeTerm(NodeSelectorTerm term, FieldPath path) {
    for (int i = 0; i < term.getMatchExpressionsCount(); i++) {
      NodeSelectorRequirement requirement = term.getMatchExpressions(i);
      FieldPath place = path.child("matchExpressions").index(i);
      nodeRequirement(requirement, place);
      Checks.form(requirement.getKey(), Names::labelKey, place.child("key"), errors);
    }
    for (int i = 0; i < term.getMatchFieldsCount(); i++) {
      nodeField(term.getMatchFields(i), path.child("matchFields").index(i));
    }
  }

  private void nodeRequirement(NodeSelectorRequirement requirement, FieldPath path) {
    FieldPath values = path.child("values");
    switch (requirement.getOperator()) {
      case "In", "NotIn" -> {
        if (requirement.getValuesCount() == 0) {
          errors.required(values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (requirement.getValuesCount() > 0) {
          errors.forbidden(
              values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      case "Gt", "Lt" -> {
        if (requirement.getValuesCount() != 1) {
          errors.required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
      }
      default ->
          errors.invalid(
              path.child("operator"), requirement.getOperator(), "not a valid selector operator");
    }
  }

  private void nodeField(NodeSelectorRequirement requirement, FieldPath path) {
    if (!requirement.getOperator().equals("In") && !requirement.getOperator().equals("NotIn")) {
      errors.invalid(
          path.child("operator"), requirement.getOperator(), "not a valid selector operator");
    } else if (requirement.getValuesCount() != 1) {
      errors.required(
          path.child("values"),
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
    }
    if (!requirement.getKey().equals("metadata.name")) {
      errors.invalid(path.child("key"), requirement.getKey(), "not a valid field selector key");
    } else {
      for (int i = 0; i < requirement.getValuesCount(); i++) {
        Checks.form(
            requirement.getValues(i), Names::dnsSubdomain, path.child("values").index(i), errors);
      }
    }
  }

  private void pods(
      List<PodAffinityTerm> required, List<WeightedPodAffinityTerm> preferred, FieldPath path) {
    for (int i = 0; i < required.size(); i++) {
      podTerm(required.get(i), path.child(REQUIRED).index(i));
    }
    for (int i = 0; i < preferred.size(); i++) {
      FieldPath place = path.child(PREFERRED).index(i);
      weight(preferred.get(i).getWeight(), place.child("weight"));
      podTerm(preferred.get(i).getPodAffinityTerm(), place.child("podAffinityTerm"));
    }
  }

  private void podTerm(PodAffinityTerm term, FieldPath path) {
    if (term.hasLabelSelector()) {
      LabelSelectorValidation.validate(
          term.getLabelSelector(), path.child("labelSelector"), errors);
    }
    if (term.hasNamespaceSelector()) {
      LabelSelectorValidation.validate(
          term.getNamespaceSelector(), path.child("namespaceSelector"), errors);
    }
    for (String namespace : term.getNamespacesList()) {
      Checks.form(namespace, Names::dnsLabel, path.child("namespace"), errors);
    }
    labelKeys(term, path);
    FieldPath key = path.child("topologyKey");
    if (term.getTopologyKey().isEmpty()) {
      errors.required(key, "can not be empty");
    }
    Checks.form(term.getTopologyKey(), Names::labelKey, key, errors);
  }

  private void labelKeys(PodAffinityTerm term, FieldPath path) {
    List<String> keys = term.getMatchLabelKeysList();
    for (int i = 0; i < keys.size(); i++) {
      FieldPath place = path.child("matchLabelKeys").index(i);
      Checks.form(keys.get(i), Names::labelKey, place, errors);
      if (term.getMismatchLabelKeysList().contains(keys.get(i))) {
        errors.invalid(place, keys.get(i), "exists in both matchLabelKeys and mismatchLabelKeys");
      }
    }
    boolean any = !keys.isEmpty() || term.getMismatchLabelKeysCount() > 0;
    if (any && !term.hasLabelSelector()) {
      String field = keys.isEmpty() ? "mismatchLabelKeys" : "matchLabelKeys";
      errors.forbidden(path.child(field), "must not be specified when labelSelector is not set");
    }
  }

  void spread(List<TopologySpreadConstraint> constraints, FieldPath path) {
    Set<String> pairs = new HashSet<>();
    for (int i = 0; i < constraints.size(); i++) {
      TopologySpreadConstraint constraint = constraints.get(i);
      FieldPath place = path.index(i);
      if (constraint.getMaxSkew() <= 0) {
        errors.invalid(
            place.child("maxSkew"), constraint.getMaxSkew(), "must be greater than zero");
      }
      if (constraint.getTopologyKey().isEmpty()) {
        errors.required(place.child("topologyKey"), "can not be empty");
      } else {
        Checks.form(
            constraint.getTopologyKey(), Names::labelKey, place.child("topologyKey"), errors);
      }
      String when = constraint.getWhenUnsatisfiable();
      Checks.oneOf(when, WHEN, place.child("whenUnsatisfiable"), errors);
      String pair = "{" + constraint.getTopologyKey() + ", " + when + "}";
      if (!pairs.add(pair)) {
        // Upstream names the first of the two.
        errors.duplicate(
            path.index(first(constraints, constraint)).child("{topologyKey, whenUnsatisfiable}"),
            pair);
      }
      if (constraint.hasMinDomains()) {
        minDomains(constraint.getMinDomains(), when, place.child("minDomains"));
      }
      if (constraint.hasNodeAffinityPolicy()) {
        Checks.oneOf(
            constraint.getNodeAffinityPolicy(),
            INCLUSION,
            place.child("nodeAffinityPolicy"),
            errors);
      }
      if (constraint.hasNodeTaintsPolicy()) {
        Checks.oneOf(
            constraint.getNodeTaintsPolicy(), INCLUSION, place.child("nodeTaintsPolicy"), errors);
      }
      if (constraint.hasLabelSelector()) {
        LabelSelectorValidation.validate(
            constraint.getLabelSelector(), place.child("labelSelector"), errors);
      }
    }
  }

  private static int first(
      List<TopologySpreadConstraint> constraints, TopologySpreadConstraint one) {
    for (int i = 0; i < constraints.size(); i++) {
      if (constraints.get(i).getTopologyKey().equals(one.getTopologyKey())
          && constraints.get(i).getWhenUnsatisfiable().equals(one.getWhenUnsatisfiable())) {
        return i;
      }
    }
    return 0;
  }

  private void minDomains(int domains, String when, FieldPath path) {
    if (domains <= 0) {
      errors.invalid(path, domains, "must be greater than zero");
    }
    if (!when.equals("DoNotSchedule")) {
      errors.invalid(
          path, domains, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " + when);
    }
  }
}
