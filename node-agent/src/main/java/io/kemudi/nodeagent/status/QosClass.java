package io.kemudi.nodeagent.status;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.ResourceRequirements;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How firmly a pod's resources are promised, derived from cpu and memory of its containers.
public enum QosClass {
  GUARANTEED("Guaranteed"),
  BURSTABLE("Burstable"),
  BEST_EFFORT("BestEffort");

  private static final List<String> RESOURCES = List.of("cpu", "memory");

  private final String text;

  QosClass(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  /// Guaranteed when every container has limits for both and requests no less; BestEffort when none
  /// asks for anything; Burstable between.
  public static QosClass of(PodSpec spec) {
    var containers = new ArrayList<Container>(spec.getInitContainersList());
    containers.addAll(spec.getContainersList());
    boolean any = false;
    boolean guaranteed = true;
    for (Container container : containers) {
      for (String resource : RESOURCES) {
        Long limit = positive(container.getResources(), resource, true);
        Long request = positive(container.getResources(), resource, false);
        any |= limit != null || request != null;
        guaranteed &= limit != null && (request == null || request.equals(limit));
      }
    }
    if (!any) {
      return BEST_EFFORT;
    }
    return guaranteed ? GUARANTEED : BURSTABLE;
  }

  private static @Nullable Long positive(
      ResourceRequirements resources, String resource, boolean limit) {
    Long milli =
        Amounts.milli(limit ? resources.getLimitsMap() : resources.getRequestsMap(), resource);
    return milli == null || milli <= 0 ? null : milli;
  }
}
