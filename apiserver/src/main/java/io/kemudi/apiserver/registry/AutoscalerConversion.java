package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// autoscaling/v1 knows one metric, CPU utilization; v2, which is stored, a list of them. What v1
/// cannot say stands in annotations, as upstream has it, so that nothing is lost by a write through
/// v1. The form of the metrics in there is that of the versions of old ([OldMetrics]).
final class AutoscalerConversion implements Conversion {
  private static final String METRICS = "autoscaling.alpha.kubernetes.io/metrics";
  private static final String BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";
  private static final String CURRENT = "autoscaling.alpha.kubernetes.io/current-metrics";
  private static final String CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";

  @Override
  public Map<String, @Nullable Object> toHub(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> spec = Trees.child(tree, "spec");
    List<@Nullable Object> metrics = new ArrayList<>();
    Object target = spec.remove("targetCPUUtilizationPercentage");
    if (target != null) {
      metrics.add(cpu("target", target));
    }
    for (Object old : said(tree, METRICS)) {
      metrics.add(OldMetrics.spec(old));
    }
    putUnlessEmpty(spec, "metrics", metrics);
    Object behavior = taken(tree, BEHAVIOR);
    if (behavior != null) {
      spec.put("behavior", behavior);
    }
    statusToHub(tree);
    dropEmptyAnnotations(tree);
    return tree;
  }

  private static void statusToHub(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> status = Trees.objectOrNull(tree.get("status"));
    List<@Nullable Object> current = new ArrayList<>();
    Object utilization = status == null ? null : status.remove("currentCPUUtilizationPercentage");
    if (utilization != null) {
      current.add(cpu("current", utilization));
    }
    List<@Nullable Object> all = said(tree, CURRENT);
    if (!all.isEmpty()) {
      current.clear();
      all.forEach(old -> current.add(OldMetrics.status(old)));
    }
    List<@Nullable Object> conditions = said(tree, CONDITIONS);
    if (!current.isEmpty()) {
      Trees.child(tree, "status").put("currentMetrics", current);
    }
    if (!conditions.isEmpty()) {
      Trees.child(tree, "status").put("conditions", conditions);
    }
  }

  private static Map<String, @Nullable Object> cpu(String field, Object utilization) {
    Map<String, @Nullable Object> value = new LinkedHashMap<>();
    if (field.equals("target")) {
      value.put("type", "Utilization");
    }
    value.put("averageUtilization", utilization);
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
    List<@Nullable Object> others = new ArrayList<>();
    Object target = null;
    for (Object metric : list(spec.remove("metrics"))) {
      Object utilization = utilization(metric, "target");
      if (utilization != null && target == null) {
        target = utilization;
      } else {
        others.add(OldMetrics.ofSpec(metric));
      }
    }
    if (target != null) {
      spec.put("targetCPUUtilizationPercentage", target);
    }
    say(tree, METRICS, others);
    Object behavior = spec.remove("behavior");
    if (behavior != null) {
      annotate(tree, BEHAVIOR, behavior);
    }
    statusFromHub(tree);
    return tree;
  }

  private static void statusFromHub(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> status = Trees.objectOrNull(tree.get("status"));
    if (status == null) {
      return;
    }
    List<@Nullable Object> all = new ArrayList<>();
    for (Object metric : list(status.remove("currentMetrics"))) {
      Object utilization = utilization(metric, "current");
      if (utilization != null) {
        status.put("currentCPUUtilizationPercentage", utilization);
      }
      all.add(OldMetrics.ofStatus(metric)); // that one too, unlike in the spec
    }
    say(tree, CURRENT, all);
    say(tree, CONDITIONS, list(status.remove("conditions")));
  }

  /// The one value that v1 has a field for.
  private static @Nullable Object utilization(@Nullable Object metric, String field) {
    return "cpu".equals(Trees.at(metric, "resource", "name"))
        ? Trees.at(metric, "resource", field, "averageUtilization")
        : null;
  }

  // ---- annotations ----

  private static void say(
      Map<String, @Nullable Object> tree, String name, List<@Nullable Object> what) {
    if (!what.isEmpty()) {
      annotate(tree, name, what);
    }
  }

  private static void annotate(Map<String, @Nullable Object> tree, String name, Object what) {
    Trees.child(Meta.of(tree), "annotations")
        .put(name, new String(Json.write(what), StandardCharsets.UTF_8));
  }

  private static List<@Nullable Object> said(Map<String, @Nullable Object> tree, String name) {
    return list(taken(tree, name));
  }

  /// What an annotation says, which goes. One that is no JSON says nothing, as upstream has it.
  private static @Nullable Object taken(Map<String, @Nullable Object> tree, String name) {
    Map<String, @Nullable Object> annotations =
        Trees.objectOrNull(Meta.of(tree).get("annotations"));
    Object text = annotations == null ? null : annotations.remove(name);
    if (!(text instanceof String json)) {
      return null;
    }
    try {
      return Json.parse(json.getBytes(StandardCharsets.UTF_8));
    } catch (CodecException e) {
      return null;
    }
  }

  private static void dropEmptyAnnotations(Map<String, @Nullable Object> tree) {
    if (Meta.of(tree).get("annotations") instanceof Map<?, ?> map && map.isEmpty()) {
      Meta.set(tree, "annotations", null);
    }
  }

  private static List<@Nullable Object> list(@Nullable Object value) {
    List<@Nullable Object> list = Trees.listOrNull(value);
    return list == null ? new ArrayList<>() : list;
  }

  private static void putUnlessEmpty(
      Map<String, @Nullable Object> tree, String field, List<@Nullable Object> list) {
    if (!list.isEmpty()) {
      tree.put(field, list);
    }
  }
}
