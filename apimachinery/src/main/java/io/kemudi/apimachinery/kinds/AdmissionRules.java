package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.admissionregistration.v1.MatchCondition;
import io.kemudi.kubernetes.admissionregistration.v1.MatchResources;
import io.kemudi.kubernetes.admissionregistration.v1.NamedRuleWithOperations;
import io.kemudi.kubernetes.admissionregistration.v1.Rule;
import io.kemudi.kubernetes.admissionregistration.v1.RuleWithOperations;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which requests a webhook or a policy is for.
final class AdmissionRules {
  static final List<String> FAILURE_POLICIES = List.of("Fail", "Ignore");
  static final List<String> MATCH_POLICIES = List.of("Equivalent", "Exact");
  static final List<String> REINVOCATION_POLICIES = List.of("IfNeeded", "Never");
  private static final List<String> OPERATIONS =
      List.of("*", "CONNECT", "CREATE", "DELETE", "UPDATE");
  private static final List<String> SCOPES = List.of("*", "Cluster", "Namespaced");
  private static final int CONDITIONS_MAX = 64;

  private final FieldErrors errors;

  AdmissionRules(FieldErrors errors) {
    this.errors = errors;
  }

  void rule(RuleWithOperations rule, FieldPath path) {
    FieldPath operations = path.child("operations");
    if (rule.getOperationsCount() == 0) {
      errors.required(operations);
    }
    aloneIfAll(rule.getOperationsList(), "operations", operations);
    for (int i = 0; i < rule.getOperationsCount(); i++) {
      Checks.oneOf(rule.getOperations(i), OPERATIONS, operations.index(i), errors);
    }
    what(rule.getRule(), path);
  }

  private void aloneIfAll(List<String> values, String noun, FieldPath path) {
    if (values.size() > 1 && values.contains("*")) {
      errors.invalid(path, values, "if '*' is present, must not specify other " + noun);
    }
  }

  private void what(Rule rule, FieldPath path) {
    FieldPath groups = path.child("apiGroups");
    if (rule.getApiGroupsCount() == 0) {
      errors.required(groups);
    }
    aloneIfAll(rule.getApiGroupsList(), "API groups", groups);
    FieldPath versions = path.child("apiVersions");
    if (rule.getApiVersionsCount() == 0) {
      errors.required(versions);
    }
    aloneIfAll(rule.getApiVersionsList(), "API versions", versions);
    for (int i = 0; i < rule.getApiVersionsCount(); i++) {
      Checks.requiredText(rule.getApiVersions(i), versions.index(i), errors);
    }
    resources(rule.getResourcesList(), path.child("resources"));
    if (rule.hasScope()) {
      Checks.oneOf(rule.getScope(), SCOPES, path.child("scope"), errors);
    }
  }

  private void resources(List<String> resources, FieldPath path) {
    if (resources.isEmpty()) {
      errors.required(path);
    }
    Set<String> allSubresourcesOf = new HashSet<>();
    Set<String> ofAllResources = new HashSet<>();
    boolean plain = false;
    for (int i = 0; i < resources.size(); i++) {
      String resource = resources.get(i);
      int slash = resource.indexOf('/');
      if (resource.isEmpty()) {
        errors.required(path.index(i));
      } else if (slash < 0) {
        plain = !resource.equals("*");
      } else {
        String main = resource.substring(0, slash);
        String sub = resource.substring(slash + 1);
        covered(allSubresourcesOf.contains(main), main + "/*", resource, path.index(i));
        covered(ofAllResources.contains(sub), "*/" + sub, resource, path.index(i));
        if (sub.equals("*")) {
          allSubresourcesOf.add(main);
        }
        if (main.equals("*")) {
          ofAllResources.add(sub);
        }
      }
    }
    if (resources.size() > 1 && resources.contains("*/*")) {
      errors.invalid(path, resources, "if '*/*' is present, must not specify other resources");
    }
    if (resources.contains("*") && plain) {
      errors.invalid(
          path,
          resources,
          "if '*' is present, must not specify other resources without subresources");
    }
  }

  private void covered(boolean is, String by, String resource, FieldPath path) {
    if (is) {
      errors.invalid(path, resource, "if '" + by + "' is present, must not specify " + resource);
    }
  }

  void matchResources(MatchResources match, FieldPath path) {
    if (!match.hasMatchPolicy()) {
      errors.required(path.child("matchPolicy"));
    } else {
      Checks.oneOf(match.getMatchPolicy(), MATCH_POLICIES, path.child("matchPolicy"), errors);
    }
    if (!match.hasNamespaceSelector()) {
      errors.required(path.child("namespaceSelector"));
    } else {
      LabelSelectorValidation.validate(
          match.getNamespaceSelector(), path.child("namespaceSelector"), errors);
    }
    if (!match.hasObjectSelector()) {
      errors.required(path.child("objectSelector"));
    } else {
      LabelSelectorValidation.validate(
          match.getObjectSelector(), path.child("objectSelector"), errors);
    }
    named(match.getResourceRulesList(), path.child("resourceRules"));
    named(match.getExcludeResourceRulesList(), path.child("excludeResourceRules"));
  }

  private void named(List<NamedRuleWithOperations> rules, FieldPath path) {
    for (int i = 0; i < rules.size(); i++) {
      NamedRuleWithOperations rule = rules.get(i);
      FieldPath names = path.index(i).child("resourceNames");
      Set<String> seen = new HashSet<>();
      for (int j = 0; j < rule.getResourceNamesCount(); j++) {
        Checks.form(rule.getResourceNames(j), Names::pathSegment, names.index(j), errors);
        if (!seen.add(rule.getResourceNames(j))) {
          errors.duplicate(names.index(j), rule.getResourceNames(j));
        }
      }
      rule(rule.getRuleWithOperations(), path.index(i));
    }
  }

  void conditions(
      List<MatchCondition> conditions,
      ExpressionFields expressions,
      ExpressionCheck.Scope scope,
      FieldPath path) {
    if (conditions.size() > CONDITIONS_MAX) {
      errors.tooMany(path, conditions.size(), CONDITIONS_MAX);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      MatchCondition condition = conditions.get(i);
      expressions.required(
          ExpressionCheck.Place.MATCH_CONDITION,
          condition.getExpression().strip(),
          scope,
          "",
          path.index(i).child("expression"));
      FieldPath name = path.index(i).child("name");
      if (condition.getName().isEmpty()) {
        errors.required(name);
        continue;
      }
      Checks.form(condition.getName(), Names::qualified, name, errors);
      if (!names.add(condition.getName())) {
        errors.duplicate(name, condition.getName());
      }
    }
  }
}
