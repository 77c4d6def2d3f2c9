package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// autoscaling/v1 knows one metric, CPU utilization; v2, which is stored, a list of them. What v1
/// cannot say it does not show, and a write through v1 drops (upstream hides it in annotations).
final class AutoscalerConversion implements Conversion {
  @Override
  public Map<String, @Nullable Object> toHub(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> spec = Trees.child(tree, "spec");
    Object target = spec.remove("targetCPUUtilizationPercentage");
    if (target != null) {
      Map<String, @Nullable Object> wanted = new LinkedHashMap<>();
      wanted.put("type", "Utilization");
      wanted.put("averageUtilization", target);
      spec.put("metrics", new ArrayList<Object>(List.of(cpu("target", wanted))));
    }
    Map<String, @Nullable Object> status = Trees.objectOrNull(tree.get("status"));
    Object current = status == null ? null : status.remove("currentCPUUtilizationPercentage");
    if (status != null && current != null) {
      Map<String, @Nullable Object> seen = new LinkedHashMap<>();
      seen.put("averageUtilization", current);
      status.put("currentMetrics", new ArrayList<Object>(List.of(cpu("current", seen))));
    }
    return tree;
  }

  private static Map<String, @Nullable Object> cpu(
      String field, Map<String, @Nullable Object> value) {
    Map<String, @Nullable Object> resource = new LinkedHashMap<>();
    resource.put("name", "cpu");
    resource.put(field, value);
    Map<String, @Nullable Object> metric = new LinkedHashMap<>();
    metric.put("type", "Resource");
    metric.put("resource", resource);
    return metric;
  }

  @Override
  public Map<String, @Nullable Object> fromHub(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> spec = Trees.child(tree, "spec");
    Object target = utilization(spec.remove("metrics"), "target");
    if (target != null) {
      spec.put("targetCPUUtilizationPercentage", target);
    }
    spec.remove("behavior");
    Map<String, @Nullable Object> status = Trees.objectOrNull(tree.get("status"));
    if (status != null) {
      Object current = utilization(status.remove("currentMetrics"), "current");
      if (current != null) {
        status.put("currentCPUUtilizationPercentage", current);
      }
      status.remove("conditions");
    }
    return tree;
  }

  private static @Nullable Object utilization(@Nullable Object metrics, String field) {
    if (metrics instanceof List<?> list) {
      for (Object metric : list) {
        if ("cpu".equals(Trees.at(metric, "resource", "name"))) {
          return Trees.at(metric, "resource", field, "averageUtilization");
        }
      }
    }
    return null;
  }
}
