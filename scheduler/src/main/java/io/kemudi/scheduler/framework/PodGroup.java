package io.kemudi.scheduler.framework;

import io.kemudi.apimachinery.selector.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Some pods, by namespace and labels. `namespaceSelector` (null: none) adds namespaces by their
/// labels.
public record PodGroup(
    Set<String> namespaces, @Nullable LabelSelector namespaceSelector, LabelSelector labels) {

  /// `selector` null selects nothing. `sameLabels` (`differentLabels`) are label keys whose value
  /// must be (must not be) the owner's.
  static PodGroup of(
      Set<String> namespaces,
      io.kemudi.kubernetes.meta.v1.@Nullable LabelSelector namespaceSelector,
      io.kemudi.kubernetes.meta.v1.@Nullable LabelSelector selector,
      List<String> sameLabels,
      List<String> differentLabels,
      Map<String, String> ownerLabels) {
    LabelSelector labels = selector == null ? LabelSelector.NOTHING : LabelSelector.of(selector);
    List<LabelSelector.Requirement> all = new ArrayList<>(labels.requirements());
    add(all, sameLabels, LabelSelector.Operator.IN, ownerLabels);
    add(all, differentLabels, LabelSelector.Operator.NOT_IN, ownerLabels);
    return new PodGroup(
        namespaces,
        namespaceSelector == null ? null : LabelSelector.of(namespaceSelector),
        labels.selectsNothing() ? labels : LabelSelector.of(all));
  }

  /// The pods that one constraint on spreading counts: of the same namespace.
  public static PodGroup of(
      io.kemudi.kubernetes.core.v1.TopologySpreadConstraint constraint, PodInfo owner) {
    return of(
        Set.of(owner.key().namespace()),
        null,
        constraint.hasLabelSelector() ? constraint.getLabelSelector() : null,
        constraint.getMatchLabelKeysList(),
        List.of(),
        owner.labels());
  }

  /// The pods that are of both groups, where neither chooses namespaces by their labels.
  public PodGroup and(PodGroup other) {
    Set<String> both = new java.util.TreeSet<>(namespaces);
    both.retainAll(other.namespaces);
    List<LabelSelector.Requirement> all = new ArrayList<>(labels.requirements());
    all.addAll(other.labels.requirements());
    boolean nothing = labels.selectsNothing() || other.labels.selectsNothing();
    return new PodGroup(both, null, nothing ? LabelSelector.NOTHING : LabelSelector.of(all));
  }

  private static void add(
      List<LabelSelector.Requirement> all,
      List<String> keys,
      LabelSelector.Operator operator,
      Map<String, String> ownerLabels) {
    for (String key : keys) {
      String value = ownerLabels.get(key);
      if (value != null) {
        all.add(new LabelSelector.Requirement(key, operator, List.of(value)));
      }
    }
  }

  public boolean matches(PodInfo pod, NamespaceLabels namespaceLabels) {
    return inNamespace(pod.key().namespace(), namespaceLabels) && labels.matches(pod.labels());
  }

  private boolean inNamespace(String namespace, NamespaceLabels namespaceLabels) {
    LabelSelector selector = namespaceSelector;
    return namespaces.contains(namespace)
        || (selector != null && selector.matches(namespaceLabels.of(namespace)));
  }
}
