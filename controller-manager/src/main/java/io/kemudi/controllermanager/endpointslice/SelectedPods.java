package io.kemudi.controllermanager.endpointslice;

import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.client.informer.Informer;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Service;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The pods that a Service selects, and the Services that select a pod.
public final class SelectedPods {
  private final Informer<Pod> pods;
  private final Informer<Service> services;

  public SelectedPods(Informer<Pod> pods, Informer<Service> services) {
    this.pods = pods;
    this.services = services;
  }

  /// In the order of their names, so that what is computed from them is the same every time.
  List<Pod> of(Service service) {
    Map<String, String> selector = service.getSpec().getSelectorMap();
    return pods.lister().list(service.getMetadata().getNamespace()).stream()
        .filter(p -> matches(selector, p.getMetadata().getLabelsMap()))
        .sorted(Comparator.comparing(p -> p.getMetadata().getName()))
        .toList();
  }

  /// The keys of the Services whose endpoints a change of `pod` may touch.
  public List<ObjectKey> servicesOf(Pod pod) {
    return services.lister().list(pod.getMetadata().getNamespace()).stream()
        .filter(s -> s.getSpec().getSelectorCount() > 0)
        .filter(s -> matches(s.getSpec().getSelectorMap(), pod.getMetadata().getLabelsMap()))
        .map(s -> ObjectKey.of(s.getMetadata().getNamespace(), s.getMetadata().getName()))
        .toList();
  }

  private static boolean matches(Map<String, String> selector, Map<String, String> labels) {
    for (var wanted : selector.entrySet()) {
      if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
        return false;
      }
    }
    return true;
  }
}
