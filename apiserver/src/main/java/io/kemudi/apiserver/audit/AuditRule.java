package io.kemudi.apiserver.audit;

import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.User;
import java.util.List;
import java.util.Set;

/// One rule of a policy. Empty lists match everything; all that are not empty must match.
record AuditRule(
    AuditLevel level,
    List<String> users,
    List<String> userGroups,
    List<String> verbs,
    List<GroupResources> resources,
    List<String> namespaces,
    List<String> nonResourceUrls,
    Set<AuditStage> omitted,
    boolean omitManagedFields) {
  /// Resources of one group: `pods`, `pods/log`, `pods/*`, `*/scale`, `*`.
  record GroupResources(String group, List<String> resources, List<String> names) {
    boolean matches(Attributes asked) {
      if (!group.equals(asked.group())) {
        return false;
      }
      return resources.isEmpty()
          || ((names.isEmpty() || names.contains(asked.name()))
              && resources.stream().anyMatch(pattern -> matches(pattern, asked)));
    }

    private static boolean matches(String pattern, Attributes asked) {
      String subresource = asked.subresource();
      String combined =
          subresource.isEmpty() ? asked.resource() : asked.resource() + "/" + subresource;
      return pattern.equals("*")
          || pattern.equals(combined)
          || pattern.equals(asked.resource() + "/*")
          || (!subresource.isEmpty() && pattern.equals("*/" + subresource));
    }
  }

  boolean matches(User user, Attributes asked) {
    if (!users.isEmpty() && !users.contains(user.name())) {
      return false;
    }
    if (!userGroups.isEmpty() && user.groups().stream().noneMatch(userGroups::contains)) {
      return false;
    }
    if (!verbs.isEmpty() && !verbs.contains(asked.verb())) {
      return false;
    }
    boolean isResource = asked.path().isEmpty();
    if (!namespaces.isEmpty() || !resources.isEmpty()) {
      return isResource
          && (namespaces.isEmpty() || namespaces.contains(asked.namespace()))
          && (resources.isEmpty() || resources.stream().anyMatch(each -> each.matches(asked)));
    }
    return nonResourceUrls.isEmpty()
        || (!isResource && nonResourceUrls.stream().anyMatch(url -> covers(url, asked.path())));
  }

  private static boolean covers(String pattern, String path) {
    return pattern.equals(path)
        || (pattern.endsWith("*") && path.startsWith(pattern.substring(0, pattern.length() - 1)));
  }
}
