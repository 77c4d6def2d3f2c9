package io.kemudi.apimachinery.kinds.table;

import io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscaler;
import io.kemudi.kubernetes.autoscaling.v2.MetricSpec;
import io.kemudi.kubernetes.autoscaling.v2.MetricStatus;
import io.kemudi.kubernetes.autoscaling.v2.MetricTarget;
import io.kemudi.kubernetes.autoscaling.v2.MetricValueStatus;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Cells of a HorizontalPodAutoscaler, which has no simple ones: what was measured over what is
/// wanted, for its first metrics.
final class AutoscalerCells {
  private static final int SHOWN = 2;
  private static final String UNKNOWN = "<unknown>";

  private AutoscalerCells() {}

  static String reference(HorizontalPodAutoscaler object) {
    var target = object.getSpec().getScaleTargetRef();
    return target.getKind() + "/" + target.getName();
  }

  static String least(HorizontalPodAutoscaler object) {
    return object.getSpec().hasMinReplicas()
        ? Integer.toString(object.getSpec().getMinReplicas())
        : Cells.UNSET;
  }

  static String targets(HorizontalPodAutoscaler object) {
    List<MetricSpec> wanted = object.getSpec().getMetricsList();
    if (wanted.isEmpty()) {
      return Cells.NONE;
    }
    List<MetricStatus> measured = object.getStatus().getCurrentMetricsList();
    String first =
        IntStream.range(0, Math.min(SHOWN, wanted.size()))
            .mapToObj(i ->
                target(
                    wanted.get(i),
                    // the two lists belong together by position
                    i < measured.size() ? measured.get(i) : MetricStatus.getDefaultInstance()))
            .collect(Collectors.joining(", "));
    return wanted.size() <= SHOWN ? first : first + " + " + (wanted.size() - SHOWN) + " more...";
  }

  private static String target(MetricSpec wanted, MetricStatus now) {
    return switch (wanted.getType()) {
      case "External" ->
          valueOrAverage(wanted.getExternal().getTarget(), now.getExternal().getCurrent());
      case "Object" -> valueOrAverage(wanted.getObject().getTarget(), now.getObject().getCurrent());
      case "Pods" -> average(wanted.getPods().getTarget(), now.getPods().getCurrent());
      case "Resource" ->
          wanted.getResource().getName()
              + ": "
              + ofResource(wanted.getResource().getTarget(), now.getResource().getCurrent());
      case "ContainerResource" ->
          wanted.getContainerResource().getName()
              + ": "
              + ofResource(
                  wanted.getContainerResource().getTarget(),
                  now.getContainerResource().getCurrent());
      default -> "<unknown type>";
    };
  }

  private static String valueOrAverage(MetricTarget wanted, MetricValueStatus now) {
    if (wanted.hasAverageValue()) {
      return average(wanted, now) + " (avg)";
    }
    String measured = now.hasValue() ? now.getValue().getString() : UNKNOWN;
    return measured + "/" + wanted.getValue().getString();
  }

  private static String average(MetricTarget wanted, MetricValueStatus now) {
    String measured = now.hasAverageValue() ? now.getAverageValue().getString() : UNKNOWN;
    return measured + "/" + wanted.getAverageValue().getString();
  }

  private static String ofResource(MetricTarget wanted, MetricValueStatus now) {
    if (wanted.hasAverageValue()) {
      return average(wanted, now);
    }
    String measured = now.hasAverageUtilization() ? now.getAverageUtilization() + "%" : UNKNOWN;
    return measured
        + "/"
        + (wanted.hasAverageUtilization() ? wanted.getAverageUtilization() + "%" : "<auto>");
  }
}
