package io.kemudi.apiserver.admission.policy;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.apiserver.admission.match.Constraints;
import io.kemudi.apiserver.registry.Meta;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a policy holds, with which parameters and what follows. Immutable.
///
/// @param constraints null when they cannot be read: see `problem`
/// @param actions of `Deny`, `Warn`, `Audit`; empty for a mutating policy
/// @param params null when it names none
record Binding(
    String name,
    String policy,
    @Nullable Constraints constraints,
    String problem,
    List<String> actions,
    @Nullable ParamRef params) {
  /// Parameters by `name`, or those that `selector` selects; `namespace` "" is the request's.
  /// `required`: without any the request is refused.
  record ParamRef(
      String name, String namespace, @Nullable LabelSelector selector, boolean required) {}

  Binding {
    actions = List.copyOf(actions);
  }

  static Binding of(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> spec = Trees.child(tree, "spec");
    Constraints constraints = null;
    ParamRef params = null;
    String problem = "";
    try {
      constraints = Constraints.ofResources(Trees.child(spec, "matchResources"));
      params = paramRef(Trees.objectOrNull(spec.get("paramRef")));
    } catch (ApiException | IllegalArgumentException e) {
      problem = String.valueOf(e.getMessage());
    }
    List<String> actions =
        spec.get("validationActions") instanceof List<?> list
            ? list.stream().map(String::valueOf).toList()
            : List.of();
    return new Binding(
        Meta.name(tree), Trees.string(spec, "policyName"), constraints, problem, actions, params);
  }

  private static @Nullable ParamRef paramRef(@Nullable Map<String, @Nullable Object> tree) {
    if (tree == null) {
      return null;
    }
    String name = Trees.string(tree, "name");
    return new ParamRef(
        name,
        Trees.string(tree, "namespace"),
        name.isEmpty() ? Constraints.selector(tree.get("selector")) : null,
        Trees.string(tree, "parameterNotFoundAction").equals("Deny"));
  }
}
