package io.kemudi.apiserver.auth;

import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.kubernetes.rbac.v1.PolicyRule;
import java.util.List;

/// What RBAC rules allow, as pure functions.
final class RbacRules {
  private RbacRules() {}

  static boolean allow(PolicyRule rule, Attributes asked) {
    if (!asked.path().isEmpty()) {
      return has(rule.getVerbsList(), asked.verb())
          && rule.getNonResourceURLsList().stream().anyMatch(url -> urlMatches(url, asked.path()));
    }
    return has(rule.getVerbsList(), asked.verb())
        && has(rule.getApiGroupsList(), asked.group())
        && resourceMatches(rule.getResourcesList(), asked.resource(), asked.subresource())
        && (rule.getResourceNamesCount() == 0
            || rule.getResourceNamesList().contains(asked.name()));
  }

  /// Whether one of the `owner`'s rules covers every combination that `wanted` grants. Used against
  /// privilege escalation, so it errs towards no.
  static boolean covers(List<PolicyRule> owner, PolicyRule wanted) {
    for (String verb : wanted.getVerbsList()) {
      for (String url : wanted.getNonResourceURLsList()) {
        if (owner.stream()
            .noneMatch(rule ->
                has(rule.getVerbsList(), verb)
                    && rule.getNonResourceURLsList().stream()
                        .anyMatch(own -> own.equals(url) || urlMatches(own, url)))) {
          return false;
        }
      }
      for (String group : wanted.getApiGroupsList()) {
        for (String resource : wanted.getResourcesList()) {
          if (!coversResource(owner, verb, group, resource, wanted.getResourceNamesList())) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static boolean coversResource(
      List<PolicyRule> owner, String verb, String group, String resource, List<String> names) {
    List<String> each = names.isEmpty() ? List.of("") : names;
    int slash = resource.indexOf('/');
    String plain = slash < 0 ? resource : resource.substring(0, slash);
    String subresource = slash < 0 ? "" : resource.substring(slash + 1);
    for (String name : each) {
      boolean covered =
          owner.stream()
              .anyMatch(rule ->
                  has(rule.getVerbsList(), verb)
                      && has(rule.getApiGroupsList(), group)
                      && resourceMatches(rule.getResourcesList(), plain, subresource)
                      && (rule.getResourceNamesCount() == 0
                          || (!name.isEmpty() && rule.getResourceNamesList().contains(name))));
      if (!covered) {
        return false;
      }
    }
    return true;
  }

  /// `pods`, `pods/log`, `*` for everything, `*/scale` for that subresource of everything.
  private static boolean resourceMatches(
      List<String> allowed, String resource, String subresource) {
    String combined = subresource.isEmpty() ? resource : resource + "/" + subresource;
    for (String each : allowed) {
      if (each.equals("*")
          || each.equals(combined)
          || (!subresource.isEmpty() && each.equals("*/" + subresource))) {
        return true;
      }
    }
    return false;
  }

  private static boolean urlMatches(String allowed, String path) {
    return allowed.equals("*")
        || allowed.equals(path)
        || (allowed.endsWith("*") && path.startsWith(allowed.substring(0, allowed.length() - 1)));
  }

  private static boolean has(List<String> allowed, String value) {
    return allowed.contains("*") || allowed.contains(value);
  }
}
