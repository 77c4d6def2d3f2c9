package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.core.v1.LimitRange;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// LimitRange: for containers the default is the maximum, and the default request the default or
/// else the minimum.
final class LimitRangeKind extends BuiltInKind<LimitRange> {
  LimitRangeKind() {
    super("", "LimitRange", LimitRange.getDefaultInstance(), LimitRange::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    for (Map<String, @Nullable Object> limit : Tree.maps(Tree.map(tree, "spec"), "limits")) {
      if (Tree.text(limit, "type").equals("Container")) {
        fill(limit, "default", "max");
        fill(limit, "defaultRequest", "default");
        fill(limit, "defaultRequest", "min");
      }
    }
  }

  @Override
  void validate(LimitRange range, FieldErrors errors) {
    LimitRangeValidation.validate(range, errors);
  }

  @Override
  void validateUpdate(LimitRange now, LimitRange old, String subresource, FieldErrors errors) {
    validateAgain(now, errors);
  }

  private static void fill(Map<String, @Nullable Object> limit, String field, String from) {
    Map<String, @Nullable Object> amounts = Tree.map(limit, from);
    if (amounts != null && !amounts.isEmpty()) {
      amounts.forEach(Tree.made(limit, field)::putIfAbsent);
    }
  }
}
