package io.kemudi.apiserver.admission.policy;

import dev.cel.common.types.SimpleType;
import io.kemudi.apimachinery.cel.CelEnvironment;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.admission.match.Constraints;
import io.kemudi.apiserver.admission.match.Expressions;
import io.kemudi.apiserver.admission.match.Expressions.Compiled;
import io.kemudi.apiserver.admission.match.MatchConditions;
import io.kemudi.apiserver.registry.Meta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A policy of either kind, compiled. Immutable.
///
/// @param ignores whether what cannot be told lets the request pass (`failurePolicy: Ignore`)
/// @param paramKind null for none
/// @param constraints null when they cannot be read: see `problem`
/// @param eager whether it wants to be asked again (`reinvocationPolicy: IfNeeded`)
record Policy(
    String name,
    boolean ignores,
    @Nullable ParamKind paramKind,
    @Nullable Constraints constraints,
    String problem,
    MatchConditions conditions,
    Map<String, Compiled> variables,
    List<Validation> validations,
    List<AuditAnnotation> annotations,
    List<Mutation> mutations,
    boolean eager) {
  /// What stands before a variable's name in expressions.
  static final String VARIABLES = "variables.";

  record ParamKind(String apiVersion, String kind) {}

  /// `messageExpression` is null when there is none; `reason` and `message` may be "".
  record Validation(
      Compiled expression, String message, @Nullable Compiled messageExpression, String reason) {}

  record AuditAnnotation(String key, Compiled value) {}

  /// `patch`: the expression gives JSON Patch operations, and else a configuration to apply.
  record Mutation(boolean patch, Compiled expression) {}

  static Policy validating(Map<String, @Nullable Object> tree) {
    return of(tree, Expressions.POLICY);
  }

  static Policy mutating(Map<String, @Nullable Object> tree) {
    return of(tree, Expressions.MUTATION);
  }

  private static Policy of(Map<String, @Nullable Object> tree, CelEnvironment environment) {
    Map<String, @Nullable Object> spec = Trees.child(tree, "spec");
    Constraints constraints = null;
    String problem = "";
    try {
      constraints = Constraints.ofResources(Trees.child(spec, "matchConstraints"));
    } catch (ApiException | IllegalArgumentException e) {
      problem = String.valueOf(e.getMessage());
    }
    CelEnvironment known = environment;
    Map<String, Compiled> variables = new LinkedHashMap<>();
    for (Map<String, @Nullable Object> each : objects(spec, "variables")) {
      String name = Trees.string(each, "name");
      variables.put(name, Compiled.of(known, Trees.string(each, "expression")));
      known = known.withVariable(VARIABLES + name, SimpleType.DYN); // for those behind it
    }
    CelEnvironment all = known;
    Function<String, Compiled> compile = text -> Compiled.of(all, text);
    return new Policy(
        Meta.name(tree),
        Trees.string(spec, "failurePolicy").equals("Ignore"),
        paramKind(spec),
        constraints,
        problem,
        MatchConditions.of(environment, spec.get("matchConditions")),
        variables,
        each(spec, "validations", each -> validation(each, compile)),
        each(
            spec,
            "auditAnnotations",
            each ->
                new AuditAnnotation(
                    Trees.string(each, "key"),
                    compile.apply(Trees.string(each, "valueExpression")))),
        each(spec, "mutations", each -> mutation(each, compile)),
        Trees.string(spec, "reinvocationPolicy").equals("IfNeeded"));
  }

  private static @Nullable ParamKind paramKind(Map<String, @Nullable Object> spec) {
    Map<String, @Nullable Object> kind = Trees.objectOrNull(spec.get("paramKind"));
    return kind == null
        ? null
        : new ParamKind(Trees.string(kind, "apiVersion"), Trees.string(kind, "kind"));
  }

  private static Validation validation(
      Map<String, @Nullable Object> tree, Function<String, Compiled> compile) {
    String message = Trees.string(tree, "messageExpression");
    return new Validation(
        compile.apply(Trees.string(tree, "expression")),
        Trees.string(tree, "message").strip(),
        message.isEmpty() ? null : compile.apply(message),
        Trees.string(tree, "reason"));
  }

  private static Mutation mutation(
      Map<String, @Nullable Object> tree, Function<String, Compiled> compile) {
    boolean patch = Trees.string(tree, "patchType").equals("JSONPatch");
    Object expression = Trees.at(tree, patch ? "jsonPatch" : "applyConfiguration", "expression");
    return new Mutation(patch, compile.apply(expression instanceof String text ? text : ""));
  }

  private static <T> List<T> each(
      Map<String, @Nullable Object> tree,
      String field,
      Function<Map<String, @Nullable Object>, T> make) {
    return objects(tree, field).stream().map(make).toList();
  }

  private static List<Map<String, @Nullable Object>> objects(
      Map<String, @Nullable Object> tree, String field) {
    List<Map<String, @Nullable Object>> objects = new ArrayList<>();
    if (tree.get(field) instanceof List<?> list) {
      list.forEach(each -> objects.add(Trees.object(each, field)));
    }
    return objects;
  }
}
