package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.flowcontrol.v1.FlowSchema;
import io.kemudi.kubernetes.flowcontrol.v1.NonResourcePolicyRule;
import io.kemudi.kubernetes.flowcontrol.v1.PolicyRulesWithSubjects;
import io.kemudi.kubernetes.flowcontrol.v1.ResourcePolicyRule;
import io.kemudi.kubernetes.flowcontrol.v1.Subject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

final class FlowSchemaValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int PRECEDENCE_MAX = 10_000;
  private static final List<String> DISTINGUISHERS = List.of("ByNamespace", "ByUser");
  private static final List<String> VERBS =
      List.of(
          "create",
          "delete",
          "deletecollection",
          "get",
          "list",
          "patch",
          "proxy",
          "update",
          "watch");

  private final FieldErrors errors;

  private FlowSchemaValidation(FieldErrors errors) {
    this.errors = errors;
  }

  static void validate(FlowSchema schema, FieldErrors errors) {
    new FlowSchemaValidation(errors).spec(schema);
    validateStatus(schema, errors);
  }

  private void spec(FlowSchema schema) {
    var spec = schema.getSpec();
    int precedence = spec.getMatchingPrecedence();
    FieldPath path = SPEC.child("matchingPrecedence");
    if (precedence <= 0) {
      errors.invalid(path, precedence, "must be a positive value");
    }
    if (precedence > PRECEDENCE_MAX) {
      errors.invalid(path, precedence, "must not be greater than " + PRECEDENCE_MAX);
    }
    if (precedence == 1 && !schema.getMetadata().getName().equals("exempt")) {
      errors.invalid(
          path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
    }
    if (spec.hasDistinguisherMethod()
        && !DISTINGUISHERS.contains(spec.getDistinguisherMethod().getType())) {
      errors.notSupported(
          SPEC.child("distinguisherMethod", "type"),
          GoForm.of(spec.getDistinguisherMethod()),
          DISTINGUISHERS);
    }
    FieldPath level = SPEC.child("priorityLevelConfiguration", "name");
    String name = spec.getPriorityLevelConfiguration().getName();
    if (name.isEmpty()) {
      errors.required(level, "must reference a priority level");
    } else {
      Checks.form(name, Names::dnsSubdomain, level, errors);
    }
    for (int i = 0; i < spec.getRulesCount(); i++) {
      rules(spec.getRules(i), SPEC.child("rules").index(i));
    }
  }

  private void rules(PolicyRulesWithSubjects rules, FieldPath path) {
    if (rules.getSubjectsCount() == 0) {
      errors.required(path.child("subjects"), "subjects must contain at least one value");
    }
    for (int i = 0; i < rules.getSubjectsCount(); i++) {
      subject(rules.getSubjects(i), path.child("subjects").index(i));
    }
    if (rules.getResourceRulesCount() == 0 && rules.getNonResourceRulesCount() == 0) {
      errors.required(
          path, "at least one of resourceRules and nonResourceRules has to be non-empty");
    }
    for (int i = 0; i < rules.getResourceRulesCount(); i++) {
      resourceRule(rules.getResourceRules(i), path.child("resourceRules").index(i));
    }
    for (int i = 0; i < rules.getNonResourceRulesCount(); i++) {
      nonResourceRule(rules.getNonResourceRules(i), path.child("nonResourceRules").index(i));
    }
  }

  private void subject(Subject subject, FieldPath path) {
    String kind = subject.getKind();
    switch (kind) {
      case "ServiceAccount" -> {
        serviceAccount(subject, path.child("serviceAccount"));
        forbidden(subject.hasUser(), path, "user", "User");
        forbidden(subject.hasGroup(), path, "group", "Group");
      }
      case "User" -> {
        named(subject.hasUser(), subject.getUser().getName(), path, "user", kind);
        forbidden(subject.hasServiceAccount(), path, "serviceAccount", "ServiceAccount");
        forbidden(subject.hasGroup(), path, "group", "Group");
      }
      case "Group" -> {
        named(subject.hasGroup(), subject.getGroup().getName(), path, "group", kind);
        forbidden(subject.hasServiceAccount(), path, "serviceAccount", "ServiceAccount");
        forbidden(subject.hasUser(), path, "user", "User");
      }
      default ->
          errors.notSupported(path.child("kind"), kind, List.of("Group", "ServiceAccount", "User"));
    }
  }

  private void forbidden(boolean present, FieldPath path, String field, String kind) {
    if (present) {
      errors.forbidden(
          path.child(field), field + " is forbidden when subject kind is not '" + kind + "'");
    }
  }

  private void named(boolean present, String name, FieldPath path, String field, String kind) {
    if (!present) {
      errors.required(
          path.child(field), field + " is required when subject kind is '" + kind + "'");
    } else {
      Checks.requiredText(name, path.child(field, "name"), errors);
    }
  }

  private void serviceAccount(Subject subject, FieldPath path) {
    if (!subject.hasServiceAccount()) {
      errors.required(path, "serviceAccount is required when subject kind is 'ServiceAccount'");
      return;
    }
    String name = subject.getServiceAccount().getName();
    if (name.isEmpty()) {
      errors.required(path.child("name"));
    } else if (!name.equals("*")) {
      Checks.form(name, Names::dnsSubdomain, path.child("name"), errors);
    }
    String namespace = subject.getServiceAccount().getNamespace();
    if (namespace.isEmpty()) {
      errors.required(path.child("namespace"), "must specify namespace for service account");
    } else {
      Checks.form(namespace, Names::dnsLabel, path.child("namespace"), errors);
    }
  }

  private void verbs(List<String> verbs, FieldPath path) {
    if (verbs.isEmpty()) {
      errors.required(path, "verbs must contain at least one value");
    } else if (verbs.contains("*")) {
      alone(verbs, "verbs", path);
    } else if (!VERBS.containsAll(verbs)) {
      errors.notSupported(path, verbs, VERBS);
    }
  }

  private void alone(List<String> values, String noun, FieldPath path) {
    if (values.size() > 1 && values.contains("*")) {
      errors.invalid(path, values, "if '*' is present, must not specify other " + noun);
    }
  }

  private void resourceRule(ResourcePolicyRule rule, FieldPath path) {
    verbs(rule.getVerbsList(), path.child("verbs"));
    if (rule.getApiGroupsCount() == 0) {
      errors.required(path.child("apiGroups"), "resource rules must supply at least one api group");
    }
    alone(rule.getApiGroupsList(), "api groups", path.child("apiGroups"));
    if (rule.getResourcesCount() == 0) {
      errors.required(path.child("resources"), "resource rules must supply at least one resource");
    }
    alone(rule.getResourcesList(), "resources", path.child("resources"));
    FieldPath namespaces = path.child("namespaces");
    if (rule.getNamespacesCount() == 0 && !rule.getClusterScope()) {
      errors.required(
          namespaces,
          "resource rules that are not cluster scoped must supply at least one namespace");
    } else if (rule.getNamespacesList().contains("*")) {
      alone(rule.getNamespacesList(), "namespaces", namespaces);
    } else {
      for (int i = 0; i < rule.getNamespacesCount(); i++) {
        for (String error : Names.dnsLabel(rule.getNamespaces(i))) {
          errors.invalid(
              namespaces.index(i),
              rule.getNamespaces(i),
              "each member of this list must be '*' or a DNS-1123 label; " + error);
        }
      }
    }
  }

  private void nonResourceRule(NonResourcePolicyRule rule, FieldPath path) {
    verbs(rule.getVerbsList(), path.child("verbs"));
    FieldPath urls = path.child("nonResourceURLs");
    if (rule.getNonResourceURLsCount() == 0) {
      errors.required(urls, "nonResourceURLs must contain at least one value");
    } else if (rule.getNonResourceURLsList().contains("*")) {
      alone(rule.getNonResourceURLsList(), "non-resource URLs", urls);
    } else {
      for (int i = 0; i < rule.getNonResourceURLsCount(); i++) {
        url(rule.getNonResourceURLs(i), urls.index(i));
      }
    }
  }

  private void url(String url, FieldPath path) {
    int star = url.indexOf('*');
    if (url.isEmpty()) {
      errors.invalid(path, url, "must not be empty");
    } else if (!url.startsWith("/")) {
      errors.invalid(path, url, "must start with slash");
    } else if (url.contains(" ")) {
      errors.invalid(path, url, "must not contain white-space");
    } else if (url.contains("//")) {
      errors.invalid(path, url, "must not contain double slash");
    } else if (star >= 0 && (star < url.length() - 1 || !url.endsWith("/*"))) {
      errors.invalid(path, url, "wildcard can only do suffix matching");
    }
  }

  static void validateStatus(FlowSchema schema, FieldErrors errors) {
    Set<String> types = new HashSet<>();
    for (int i = 0; i < schema.getStatus().getConditionsCount(); i++) {
      String type = schema.getStatus().getConditions(i).getType();
      FieldPath path = FieldPath.of("status", "conditions").index(i).child("type");
      if (!types.add(type)) {
        errors.duplicate(path, type);
      }
      if (type.isEmpty()) {
        errors.required(path, "must not be empty");
      }
    }
  }
}
