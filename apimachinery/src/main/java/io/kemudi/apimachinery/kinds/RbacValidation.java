package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.rbac.v1.ClusterRole;
import io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding;
import io.kemudi.kubernetes.rbac.v1.PolicyRule;
import io.kemudi.kubernetes.rbac.v1.Role;
import io.kemudi.kubernetes.rbac.v1.RoleBinding;
import io.kemudi.kubernetes.rbac.v1.RoleRef;
import io.kemudi.kubernetes.rbac.v1.Subject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Roles and their bindings. Their names may hold anything that a path may.
final class RbacValidation {
  private static final String GROUP = "rbac.authorization.k8s.io";

  private RbacValidation() {}

  static void validate(Role role, FieldErrors errors) {
    validateRules(role.getRulesList(), true, errors);
  }

  static void validate(ClusterRole role, FieldErrors errors) {
    validateRules(role.getRulesList(), false, errors);
    if (role.hasAggregationRule()) {
      FieldPath path = FieldPath.of("aggregationRule", "clusterRoleSelectors");
      var selectors = role.getAggregationRule().getClusterRoleSelectorsList();
      if (selectors.isEmpty()) {
        errors.required(
            path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
      }
      for (int i = 0; i < selectors.size(); i++) {
        LabelSelectorValidation.validate(selectors.get(i), path.index(i), errors);
      }
    }
  }

  static void validate(RoleBinding binding, @Nullable RoleBinding old, FieldErrors errors) {
    RoleRef before = old == null ? null : old.getRoleRef();
    validateBinding(
        binding.getRoleRef(),
        before,
        binding.getSubjectsList(),
        List.of("Role", "ClusterRole"),
        false,
        errors);
  }

  static void validate(
      ClusterRoleBinding binding, @Nullable ClusterRoleBinding old, FieldErrors errors) {
    RoleRef before = old == null ? null : old.getRoleRef();
    validateBinding(
        binding.getRoleRef(),
        before,
        binding.getSubjectsList(),
        List.of("ClusterRole"),
        true,
        errors);
  }

  private static void validateRules(
      List<PolicyRule> rules, boolean namespaced, FieldErrors errors) {
    for (int i = 0; i < rules.size(); i++) {
      validateRule(rules.get(i), namespaced, FieldPath.of("rules").index(i), errors);
    }
  }

  private static void validateRule(
      PolicyRule rule, boolean namespaced, FieldPath path, FieldErrors errors) {
    if (rule.getVerbsCount() == 0) {
      errors.required(path.child("verbs"), "verbs must contain at least one value");
    }
    if (rule.getNonResourceURLsCount() > 0) {
      if (namespaced) {
        errors.invalid(
            path.child("nonResourceURLs"),
            rule.getNonResourceURLsList(),
            "namespaced rules cannot apply to non-resource URLs");
      }
      if (rule.getApiGroupsCount() + rule.getResourcesCount() + rule.getResourceNamesCount() > 0) {
        errors.invalid(
            path.child("nonResourceURLs"),
            rule.getNonResourceURLsList(),
            "rules cannot apply to both regular resources and non-resource URLs");
      }
      return;
    }
    if (rule.getApiGroupsCount() == 0) {
      errors.required(path.child("apiGroups"), "resource rules must supply at least one api group");
    }
    if (rule.getResourcesCount() == 0) {
      errors.required(path.child("resources"), "resource rules must supply at least one resource");
    }
  }

  private static void validateBinding(
      RoleRef role,
      @Nullable RoleRef before,
      List<Subject> subjects,
      List<String> roleKinds,
      boolean namespaceRequired,
      FieldErrors errors) {
    FieldPath path = FieldPath.of("roleRef");
    Checks.oneOf(role.getApiGroup(), List.of(GROUP), path.child("apiGroup"), errors);
    Checks.oneOf(role.getKind(), roleKinds, path.child("kind"), errors);
    if (role.getName().isEmpty()) {
      errors.required(path.child("name"));
    } else {
      Checks.form(role.getName(), Names::pathSegment, path.child("name"), errors);
    }
    for (int i = 0; i < subjects.size(); i++) {
      validateSubject(
          subjects.get(i), namespaceRequired, FieldPath.of("subjects").index(i), errors);
    }
    if (before != null && !before.equals(role)) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("APIGroup", role.getApiGroup());
      shown.put("Kind", role.getKind());
      shown.put("Name", role.getName());
      errors.invalid(path, shown, "cannot change roleRef");
    }
  }

  private static void validateSubject(
      Subject subject, boolean cluster, FieldPath path, FieldErrors errors) {
    if (subject.getName().isEmpty()) {
      errors.required(path.child("name"));
    }
    switch (subject.getKind()) {
      case "ServiceAccount" -> {
        if (!subject.getName().isEmpty()) {
          Checks.form(subject.getName(), Names::dnsSubdomain, path.child("name"), errors);
        }
        Checks.oneOf(subject.getApiGroup(), List.of(""), path.child("apiGroup"), errors);
        if (cluster && subject.getNamespace().isEmpty()) {
          errors.required(path.child("namespace"));
        }
      }
      case "User", "Group" ->
          Checks.oneOf(subject.getApiGroup(), List.of(GROUP), path.child("apiGroup"), errors);
      default ->
          errors.notSupported(
              path.child("kind"), subject.getKind(), List.of("ServiceAccount", "User", "Group"));
    }
  }
}
