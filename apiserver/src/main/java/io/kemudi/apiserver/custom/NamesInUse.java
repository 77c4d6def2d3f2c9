package io.kemudi.apiserver.custom;

import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.ResourceTable;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionNames;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// The names that a group's resources and kinds have already.
record NamesInUse(Set<String> resources, Set<String> kinds) {
  /// All but those of `definition` itself.
  static NamesInUse beside(
      CustomResourceDefinition definition,
      Collection<CustomResourceDefinition> all,
      ResourceTable table) {
    NamesInUse names = new NamesInUse(new HashSet<>(), new HashSet<>());
    String group = definition.getSpec().getGroup();
    for (CustomResourceDefinition other : all) {
      boolean same = other.getMetadata().getName().equals(definition.getMetadata().getName());
      if (!same && other.getSpec().getGroup().equals(group)) {
        names.add(other.getStatus().getAcceptedNames());
      }
    }
    for (ResourceRow row : table.rows()) {
      if (row.custom() == null && row.group().equals(group)) {
        names.resources.add(row.resource());
        names.resources.add(row.info().singular());
        names.resources.addAll(row.info().shortNames());
        names.kinds.add(row.kind());
        names.kinds.add(row.info().listKind());
      }
    }
    return names;
  }

  private void add(CustomResourceDefinitionNames accepted) {
    resources.add(accepted.getPlural());
    resources.add(accepted.getSingular());
    resources.addAll(accepted.getShortNamesList());
    kinds.add(accepted.getKind());
    kinds.add(accepted.getListKind());
    resources.remove("");
    kinds.remove("");
  }
}
