package io.kemudi.scheduler.framework;

import java.util.Map;

/// The labels of namespaces; empty for one that is not known.
@FunctionalInterface
public interface NamespaceLabels {
  NamespaceLabels NONE = _ -> Map.of();

  Map<String, String> of(String namespace);
}
