package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Trees;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A metric of an autoscaler in the form that annotations of autoscaling/v1 hold: that of v2beta1,
/// in which every source had the fields of its target itself.
final class OldMetrics {
  /// source in v2 -> the names that its target's or current's value, average and utilization had.
  private record Names(String value, String average, String utilization) {}

  private static final Map<String, Names> TARGETS =
      Map.of(
          "resource", new Names("", "targetAverageValue", "targetAverageUtilization"),
          "containerResource", new Names("", "targetAverageValue", "targetAverageUtilization"),
          "pods", new Names("", "targetAverageValue", ""),
          "object", new Names("targetValue", "averageValue", ""),
          "external", new Names("targetValue", "targetAverageValue", ""));

  private static final Map<String, Names> CURRENTS =
      Map.of(
          "resource", new Names("", "currentAverageValue", "currentAverageUtilization"),
          "containerResource", new Names("", "currentAverageValue", "currentAverageUtilization"),
          "pods", new Names("", "currentAverageValue", ""),
          "object", new Names("currentValue", "averageValue", ""),
          "external", new Names("currentValue", "currentAverageValue", ""));

  private OldMetrics() {}

  static @Nullable Object ofSpec(@Nullable Object metric) {
    return old(metric, "target", TARGETS);
  }

  static @Nullable Object ofStatus(@Nullable Object metric) {
    return old(metric, "current", CURRENTS);
  }

  static @Nullable Object spec(@Nullable Object old) {
    return fresh(old, "target", TARGETS);
  }

  static @Nullable Object status(@Nullable Object old) {
    return fresh(old, "current", CURRENTS);
  }

  private static @Nullable Object old(
      @Nullable Object metric, String field, Map<String, Names> names) {
    Map<String, @Nullable Object> copy = Trees.objectOrNull(Trees.copy(metric));
    if (copy == null) {
      return metric;
    }
    names.forEach((source, known) -> {
      Map<String, @Nullable Object> from = Trees.objectOrNull(copy.get(source));
      if (from == null) {
        return;
      }
      Map<String, @Nullable Object> to = new LinkedHashMap<>();
      from.forEach((key, value) -> {
        switch (key) {
          case "metric" -> {
            to.put("metricName", Trees.at(value, "name"));
            Object selector = Trees.at(value, "selector");
            if (selector != null) {
              to.put(source.equals("external") ? "metricSelector" : "selector", selector);
            }
          }
          case "describedObject" -> to.put("target", value);
          default -> {
            if (!key.equals(field)) {
              to.put(key, value);
            }
          }
        }
      });
      move(from.get(field), "value", to, known.value());
      move(from.get(field), "averageUtilization", to, known.utilization());
      move(from.get(field), "averageValue", to, known.average());
      putZero(source, to, known, field.equals("current"));
      copy.put(source, to);
    });
    return copy;
  }

  /// The form of old wrote the quantity that a source is mainly about even when there was none.
  private static void putZero(
      String source, Map<String, @Nullable Object> to, Names known, boolean current) {
    boolean whole = !known.value().isEmpty();
    boolean resource = source.equals("resource") || source.equals("containerResource");
    boolean always = current || !resource && !source.equals("external");
    if (always) {
      to.putIfAbsent(whole ? known.value() : known.average(), "0");
    }
  }

  private static void move(
      @Nullable Object from, String field, Map<String, @Nullable Object> to, String name) {
    Object value = Trees.at(from, field);
    if (value != null && !name.isEmpty()) {
      to.put(name, value);
    }
  }

  private static @Nullable Object fresh(
      @Nullable Object old, String field, Map<String, Names> names) {
    Map<String, @Nullable Object> copy = Trees.objectOrNull(Trees.copy(old));
    if (copy == null) {
      return old;
    }
    names.forEach((source, known) -> {
      Map<String, @Nullable Object> from = Trees.objectOrNull(copy.get(source));
      if (from != null) {
        copy.put(source, fresh(source, from, field, known));
      }
    });
    return copy;
  }

  private static Map<String, @Nullable Object> fresh(
      String source, Map<String, @Nullable Object> from, String field, Names known) {
    Map<String, @Nullable Object> value = new LinkedHashMap<>();
    if (field.equals("target")) {
      value.put("type", type(from, known));
    }
    move(from, known.value(), value, "value");
    move(from, known.average(), value, "averageValue");
    move(from, known.utilization(), value, "averageUtilization");
    Map<String, @Nullable Object> to = new LinkedHashMap<>();
    Object target = from.get("target");
    if (source.equals("object") && target != null) {
      to.put("describedObject", target);
    }
    if (from.containsKey("metricName")) {
      Map<String, @Nullable Object> metric = new LinkedHashMap<>();
      metric.put("name", from.get("metricName"));
      move(from, "selector", metric, "selector");
      move(from, "metricSelector", metric, "selector");
      to.put("metric", metric);
    }
    for (String kept : List.of("name", "container")) {
      move(from, kept, to, kept);
    }
    to.put(field, value);
    return to;
  }

  private static String type(Map<String, @Nullable Object> from, Names known) {
    if (from.get(known.utilization()) != null) {
      return "Utilization";
    }
    return from.get(known.average()) != null ? "AverageValue" : "Value";
  }
}
