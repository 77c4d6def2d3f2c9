package io.kemudi.apiserver.admission.match;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.ResourceRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One of the rules by which a webhook or a policy chooses requests (`RuleWithOperations`,
/// `NamedRuleWithOperations`). `*` stands for any; a resource may be `pods`, `pods/status`,
/// `pods/*`, `*/scale` or `*/*`.
///
/// @param scope `*`, `Namespaced` or `Cluster`
/// @param names of objects; empty for all
public record Rule(
    List<String> operations,
    List<String> groups,
    List<String> versions,
    List<String> resources,
    String scope,
    List<String> names) {
  private static final String ANY = "*";

  public Rule {
    operations = List.copyOf(operations);
    groups = List.copyOf(groups);
    versions = List.copyOf(versions);
    resources = List.copyOf(resources);
    names = List.copyOf(names);
  }

  public static List<Rule> list(@Nullable Object trees) {
    List<Rule> rules = new ArrayList<>();
    if (trees instanceof List<?> list) {
      for (Object each : list) {
        rules.add(of(Trees.object(each, "a rule")));
      }
    }
    return rules;
  }

  private static Rule of(Map<String, @Nullable Object> tree) {
    String scope = Trees.string(tree, "scope");
    return new Rule(
        strings(tree.get("operations")),
        strings(tree.get("apiGroups")),
        strings(tree.get("apiVersions")),
        strings(tree.get("resources")),
        scope.isEmpty() ? ANY : scope,
        strings(tree.get("resourceNames")));
  }

  static List<String> strings(@Nullable Object tree) {
    return tree instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  /// Whether it chooses the request, if that were one through `row`.
  boolean matches(AdmissionRequest request, ResourceRow row) {
    return choosesOperation(request.operation())
        && (names.isEmpty() || names.contains(request.target().name()))
        && choosesResource(row, request.target().subresource());
  }

  /// Whether it chooses requests of this kind for a resource.
  public boolean choosesOperation(Operation operation) {
    return operations.contains(ANY) || operations.contains(operation.name());
  }

  /// Whether it chooses a resource, or this subresource of it.
  public boolean choosesResource(ResourceRow row, String subresource) {
    return has(groups, row.group())
        && has(versions, row.version())
        && resources.stream().anyMatch(pattern -> covers(pattern, row.resource(), subresource))
        && inScope(row);
  }

  private static boolean has(List<String> patterns, String value) {
    return patterns.contains(ANY) || patterns.contains(value);
  }

  private static boolean covers(String pattern, String resource, String subresource) {
    int slash = pattern.indexOf('/');
    String wanted = slash < 0 ? pattern : pattern.substring(0, slash);
    String part = slash < 0 ? "" : pattern.substring(slash + 1);
    return (wanted.equals(ANY) || wanted.equals(resource))
        && (part.equals(ANY) || part.equals(subresource));
  }

  private boolean inScope(ResourceRow row) {
    return switch (scope) {
      case "Namespaced" -> row.namespaced();
      case "Cluster" -> !row.namespaced();
      default -> true;
    };
  }
}
