package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All that one version of a custom resource asks of its objects. Immutable, any thread; rules are
/// compiled at first use.
public final class CustomSchema {
  private static final String NOT_CHECKED =
      "some validation rules were not checked because the object was invalid; correct the existing"
          + " errors to complete validation";

  private final StructuralSchema schema;
  private volatile @Nullable CompiledRules rules;
  private final boolean hasRules;
  private final boolean hasDefaults;
  private volatile @Nullable Compared compared;

  private record Compared(CustomSchema other, boolean same) {}

  public CustomSchema(StructuralSchema schema) {
    this.schema = schema;
    this.hasRules = schema.hasRules();
    this.hasDefaults = schema.hasDefaults();
  }

  public StructuralSchema structure() {
    return schema;
  }

  /// Drops what is unknown; tells what that was.
  public List<String> prune(Map<String, @Nullable Object> object) {
    return Pruning.prune(object, schema);
  }

  public void applyDefaults(Map<String, @Nullable Object> object) {
    Defaulting.apply(object, schema);
  }

  /// Makes what another schema let in an object of this one: drops what is unknown, fills in
  /// defaults.
  ///
  /// @return whether that changed anything
  public boolean settle(Map<String, @Nullable Object> object) {
    boolean pruned = !prune(object).isEmpty();
    if (!hasDefaults) {
      return pruned;
    }
    Map<String, @Nullable Object> before = Trees.copyObject(object);
    applyDefaults(object);
    return pruned || !before.equals(object);
  }

  /// Whether another one asks the same. Cheap when asked of the same one again.
  public boolean sameAs(CustomSchema other) {
    if (other == this) {
      return true;
    }
    Compared last = compared;
    if (last == null || last.other != other) {
      last = new Compared(other, schema.tree().equals(other.schema.tree()));
      compared = last;
    }
    return last.same;
  }

  /// Adds what is wrong with an object; metadata is the caller's to check.
  ///
  /// @param old what this write replaces, null at creation
  public void validate(
      Map<String, @Nullable Object> object,
      @Nullable Map<String, @Nullable Object> old,
      FieldErrors errors) {
    FieldErrors found = new FieldErrors();
    ValueValidation.validate(object, old, schema, "", found);
    ListTypes.validate(object, schema, null, found);
    EmbeddedResources.validate(object, schema, null, found);
    if (hasRules) {
      if (found.list().stream().anyMatch(CustomSchema::blocks)) {
        found.invalid(FieldPath.of("<nil>"), null, NOT_CHECKED);
      } else {
        CompiledRules compiled = rules();
        if (compiled != null) {
          RuleValidation.validate(object, old, compiled, found);
        }
      }
    }
    errors.addAll(found);
  }

  /// Values of a wrong form would fail rules for reasons that help nobody.
  private static boolean blocks(FieldError error) {
    return switch (error.type()) {
      case NOT_SUPPORTED, REQUIRED, TOO_LONG, TOO_MANY, TYPE_INVALID -> true;
      case NOT_FOUND, DUPLICATE, INVALID, FORBIDDEN, INTERNAL -> false;
    };
  }

  private @Nullable CompiledRules rules() {
    CompiledRules known = rules;
    if (known == null) {
      known = CompiledRules.of(schema, true);
      rules = known;
    }
    return known;
  }
}
