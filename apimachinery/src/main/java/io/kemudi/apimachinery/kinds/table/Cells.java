package io.kemudi.apimachinery.kinds.table;

import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.apimachinery.selector.SelectorException;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.intstr.IntOrString;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Texts that many tables share.
final class Cells {
  static final String NONE = "<none>";
  static final String UNSET = "<unset>";

  private Cells() {}

  static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  static String orUnset(String text) {
    return text.isEmpty() ? UNSET : text;
  }

  static String containers(PodSpec spec) {
    return spec.getContainersList().stream()
        .map(Container::getName)
        .collect(Collectors.joining(","));
  }

  static String images(PodSpec spec) {
    return spec.getContainersList().stream()
        .map(Container::getImage)
        .collect(Collectors.joining(","));
  }

  static String labels(Map<String, String> labels) {
    return orNone(
        new TreeMap<>(labels)
            .entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(",")));
  }

  /// Labels that must match are shown as equal, whichever way they were asked for.
  static String selector(io.kemudi.kubernetes.meta.v1.LabelSelector selector) {
    try {
      return orNone(
          LabelSelector.of(selector).requirements().stream()
              .map(Cells::requirement)
              .collect(Collectors.joining(",")));
    } catch (SelectorException invalid) {
      return "<error>";
    }
  }

  private static String requirement(LabelSelector.Requirement requirement) {
    return requirement.operator() == LabelSelector.Operator.IN && requirement.values().size() == 1
        ? requirement.key() + "=" + requirement.values().getFirst()
        : requirement.toString();
  }

  static String countOrPercent(IntOrString value) {
    return value.getType() == 0 ? String.valueOf(value.getIntVal()) : value.getStrVal();
  }

  static String joined(List<String> texts) {
    return String.join(",", texts);
  }
}
