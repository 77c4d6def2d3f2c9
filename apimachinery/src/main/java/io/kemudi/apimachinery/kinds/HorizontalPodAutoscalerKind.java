package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscaler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// HorizontalPodAutoscaler, in its second version: grows at once and by leaps, shrinks carefully.
final class HorizontalPodAutoscalerKind extends BuiltInKind<HorizontalPodAutoscaler> {
  private static final long CPU_PERCENT = 80;
  private static final long PERIOD_SECONDS = 15;

  HorizontalPodAutoscalerKind() {
    super(
        "autoscaling",
        "HorizontalPodAutoscaler",
        HorizontalPodAutoscaler.getDefaultInstance(),
        HorizontalPodAutoscaler::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    Tree.defaultTo(spec, "minReplicas", 1L);
    if (Tree.list(spec, "metrics").isEmpty()) {
      spec.put("metrics", listOf(cpuMetric()));
    }
    Map<String, @Nullable Object> behavior = Tree.map(spec, "behavior");
    if (behavior != null) {
      Map<String, @Nullable Object> up = Tree.made(behavior, "scaleUp");
      Tree.defaultTo(up, "stabilizationWindowSeconds", 0L);
      Tree.defaultTo(up, "selectPolicy", "Max");
      if (!Tree.has(up, "policies")) {
        up.put("policies", listOf(policy("Pods", 4), policy("Percent", 100)));
      }
      Map<String, @Nullable Object> down = Tree.made(behavior, "scaleDown");
      Tree.defaultTo(down, "selectPolicy", "Max");
      if (!Tree.has(down, "policies")) {
        down.put("policies", listOf(policy("Percent", 100)));
      }
    }
  }

  private static Map<String, @Nullable Object> cpuMetric() {
    Map<String, @Nullable Object> target = new LinkedHashMap<>();
    target.put("type", "Utilization");
    target.put("averageUtilization", CPU_PERCENT);
    Map<String, @Nullable Object> resource = new LinkedHashMap<>();
    resource.put("name", "cpu");
    resource.put("target", target);
    Map<String, @Nullable Object> metric = new LinkedHashMap<>();
    metric.put("type", "Resource");
    metric.put("resource", resource);
    return metric;
  }

  private static Map<String, @Nullable Object> policy(String type, long value) {
    Map<String, @Nullable Object> policy = new LinkedHashMap<>();
    policy.put("type", type);
    policy.put("value", value);
    policy.put("periodSeconds", PERIOD_SECONDS);
    return policy;
  }

  private static List<Object> listOf(Object... elements) {
    return new ArrayList<>(List.of(elements));
  }

  @Override
  void validate(HorizontalPodAutoscaler autoscaler, FieldErrors errors) {
    HorizontalPodAutoscalerValidation.validate(autoscaler, errors);
  }

  @Override
  void validateUpdate(
      HorizontalPodAutoscaler autoscaler,
      HorizontalPodAutoscaler old,
      String subresource,
      FieldErrors errors) {
    if (subresource.equals("status")) {
      HorizontalPodAutoscalerValidation.validateStatus(autoscaler, errors);
    } else {
      HorizontalPodAutoscalerValidation.validateUpdate(autoscaler, old, errors);
    }
  }
}
