package io.kemudi.apimachinery.crd;

import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import io.kemudi.apimachinery.cel.CelEnvironment;
import io.kemudi.apimachinery.cel.CelExpression;
import io.kemudi.apimachinery.cel.CelFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rules of a schema, compiled: a tree like the schema's, with the nodes only under which there
/// are rules. Immutable, any thread.
final class CompiledRules {
  static final String SELF = "self";
  static final String OLD_SELF = "oldSelf";

  /// A rule with its expressions, or with why it has none.
  record Compiled(
      ValidationRule rule,
      @Nullable CelExpression expression,
      @Nullable CelExpression messageExpression,
      String error,
      String messageError) {
    /// Whether it compares with what was there before.
    boolean isTransition() {
      return expression != null && expression.reads(OLD_SELF);
    }

    boolean wantsOptionalOld() {
      return Boolean.TRUE.equals(rule.optionalOldSelf());
    }
  }

  private final StructuralSchema schema;
  private final @Nullable DeclaredType type;
  private final List<Compiled> rules = new ArrayList<>();
  private @Nullable CompiledRules items;
  private @Nullable CompiledRules additional;
  private final Map<String, CompiledRules> properties = new LinkedHashMap<>();

  private CompiledRules(StructuralSchema schema, @Nullable DeclaredType type) {
    this.schema = schema;
    this.type = type;
  }

  /// @return null when there are no rules
  static @Nullable CompiledRules of(StructuralSchema schema, boolean resource) {
    if (!schema.hasRules()) {
      return null;
    }
    CompiledRules compiled =
        new CompiledRules(schema, DeclaredType.of(schema, "selfType", resource));
    compiled.compile();
    StructuralSchema items = schema.items();
    compiled.items = items == null ? null : of(items, items.isEmbeddedResource());
    StructuralSchema additional = schema.additionalProperties();
    compiled.additional =
        additional == null ? null : of(additional, additional.isEmbeddedResource());
    schema
        .properties()
        .forEach((name, field) -> {
          CompiledRules below = of(field, field.isEmbeddedResource());
          if (below != null) {
            compiled.properties.put(name, below);
          }
        });
    return compiled;
  }

  private void compile() {
    if (schema.rules().isEmpty() || type == null) {
      return;
    }
    CelEnvironment usual = environment(type, false);
    CelEnvironment optional = null;
    for (ValidationRule rule : schema.rules()) {
      if (rule.rule().isBlank()) {
        rules.add(new Compiled(rule, null, null, "", ""));
        continue;
      }
      boolean wantsOptional = Boolean.TRUE.equals(rule.optionalOldSelf());
      if (wantsOptional && optional == null) {
        optional = environment(type, true);
      }
      rules.add(compile(rule, wantsOptional && optional != null ? optional : usual));
    }
  }

  private static CelEnvironment environment(DeclaredType type, boolean optionalOld) {
    return CelEnvironment.empty()
        .withTypes(type.structures())
        .withVariable(SELF, type.type())
        .withVariable(OLD_SELF, optionalOld ? OptionalType.create(type.type()) : type.type());
  }

  private static Compiled compile(ValidationRule rule, CelEnvironment environment) {
    CelExpression expression = null;
    String error = "";
    try {
      expression = environment.compile(rule.rule());
      if (!expression.type().equals(SimpleType.BOOL)) {
        error = "cel expression must evaluate to a bool";
      }
    } catch (CelFailure e) {
      error = e.text();
    }
    if (!error.isEmpty() || rule.messageExpression().isBlank()) {
      return new Compiled(rule, expression, null, error, "");
    }
    try {
      CelExpression message = environment.compile(rule.messageExpression());
      return message.type().equals(SimpleType.STRING)
          ? new Compiled(rule, expression, message, "", "")
          : new Compiled(rule, expression, null, "", "messageExpression must evaluate to a string");
    } catch (CelFailure e) {
      return new Compiled(
          rule,
          expression,
          null,
          "",
          e.text().replaceFirst("^compilation failed: ", "messageExpression compilation failed: "));
    }
  }

  StructuralSchema schema() {
    return schema;
  }

  @Nullable DeclaredType type() {
    return type;
  }

  List<Compiled> rules() {
    return rules;
  }

  @Nullable CompiledRules items() {
    return items;
  }

  @Nullable CompiledRules additional() {
    return additional;
  }

  Map<String, CompiledRules> properties() {
    return properties;
  }
}
