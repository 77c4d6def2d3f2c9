package io.kemudi.scheduler.framework;

import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodAffinityTerm;
import java.util.Set;

/// One term of pod affinity or anti-affinity, of a pod that says it: which pods it means and what
/// counts as the same place. `weight` is 0 for a required term.
public record AffinityTerm(PodGroup pods, String topologyKey, int weight) {

  static AffinityTerm of(PodAffinityTerm term, Pod owner, int weight) {
    boolean ownNamespace = term.getNamespacesCount() == 0 && !term.hasNamespaceSelector();
    Set<String> namespaces =
        ownNamespace
            ? Set.of(owner.getMetadata().getNamespace())
            : Set.copyOf(term.getNamespacesList());
    PodGroup pods =
        PodGroup.of(
            namespaces,
            term.hasNamespaceSelector() ? term.getNamespaceSelector() : null,
            // a term without a selector means no pod at all
            term.hasLabelSelector() ? term.getLabelSelector() : null,
            term.getMatchLabelKeysList(),
            term.getMismatchLabelKeysList(),
            owner.getMetadata().getLabelsMap());
    return new AffinityTerm(pods, term.getTopologyKey(), weight);
  }
}
