package io.kemudi.nodeagent.streaming;

import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.client.informer.Lister;
import io.kemudi.kubernetes.core.v1.Pod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The pods of a test.
record FixedPods(List<Pod> pods) implements Lister<Pod> {
  @Override
  public @Nullable Pod get(ObjectKey key) {
    return pods.stream()
        .filter(p ->
            p.getMetadata().getNamespace().equals(key.namespace())
                && p.getMetadata().getName().equals(key.name()))
        .findFirst()
        .orElse(null);
  }

  @Override
  public List<Pod> list() {
    return pods;
  }

  @Override
  public List<Pod> list(String namespace) {
    return pods;
  }

  @Override
  public List<Pod> byIndex(String index, String value) {
    return List.of();
  }
}
