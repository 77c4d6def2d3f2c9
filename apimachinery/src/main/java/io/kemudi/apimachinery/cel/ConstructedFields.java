package io.kemudi.apimachinery.cel;

import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Which fields an expression gives the objects that it constructs. Upstream takes any field of an
/// `Object...`; the checker here wants to know them, so they are read off the expression first.
final class ConstructedFields {
  static final String JSON_PATCH = "JSONPatch";
  private static final Set<String> JSON_PATCH_FIELDS = Set.of("op", "path", "from", "value");

  private ConstructedFields() {}

  /// Type name -> the names of the fields.
  static Map<String, ImmutableSet<String>> of(CelAbstractSyntaxTree tree) {
    Map<String, Set<String>> fields = new HashMap<>();
    CelNavigableAst.fromAst(tree)
        .getRoot()
        .allNodes()
        .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.STRUCT)
        .forEach(node -> {
          CelExpr.CelStruct struct = node.expr().struct();
          Set<String> names = fields.computeIfAbsent(struct.messageName(), name -> new HashSet<>());
          struct.entries().forEach(entry -> names.add(entry.fieldKey()));
        });
    fields.computeIfPresent(
        JSON_PATCH,
        (name, found) -> {
          found.retainAll(JSON_PATCH_FIELDS);
          return found;
        });
    Map<String, ImmutableSet<String>> frozen = new HashMap<>();
    fields.forEach((name, found) -> frozen.put(name, ImmutableSet.copyOf(found)));
    return frozen;
  }
}
