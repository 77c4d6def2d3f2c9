package io.kemudi.apimachinery.kinds.table;

import io.kemudi.kubernetes.admissionregistration.v1.ParamRef;
import io.kemudi.kubernetes.meta.v1.LabelSelector;
import java.util.TreeMap;

/// What a binding of an admission policy takes its parameters from. Where it selects them, upstream
/// shows Go's form of the selector, and so do we: scripts may read it.
final class ParamRefCells {
  private ParamRefCells() {}

  static String of(boolean present, ParamRef ref) {
    if (!present) {
      return Cells.UNSET;
    }
    if (ref.hasSelector()) {
      return goForm(ref.getSelector());
    }
    return ref.getNamespace().isEmpty() ? ref.getName() : ref.getNamespace() + "/" + ref.getName();
  }

  private static String goForm(LabelSelector selector) {
    var text = new StringBuilder("&LabelSelector{MatchLabels:map[string]string{");
    new TreeMap<>(selector.getMatchLabelsMap())
        .forEach((key, value) -> text.append(key).append(": ").append(value).append(','));
    text.append("},MatchExpressions:[]LabelSelectorRequirement{");
    for (var each : selector.getMatchExpressionsList()) {
      text.append("LabelSelectorRequirement{Key:")
          .append(each.getKey())
          .append(",Operator:")
          .append(each.getOperator())
          .append(",Values:[")
          .append(String.join(" ", each.getValuesList()))
          .append("],},");
    }
    return text.append("},}").toString();
  }
}
