package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Trees;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reading and changing `metadata` of an object in tree form.
public final class Meta {
  private Meta() {}

  /// `metadata`, made when it is missing.
  public static Map<String, @Nullable Object> of(Map<String, @Nullable Object> tree) {
    return Trees.child(tree, "metadata");
  }

  public static String name(Map<String, @Nullable Object> tree) {
    return Trees.string(of(tree), "name");
  }

  public static String namespace(Map<String, @Nullable Object> tree) {
    return Trees.string(of(tree), "namespace");
  }

  public static String text(Map<String, @Nullable Object> tree, String field) {
    return Trees.string(of(tree), field);
  }

  /// Puts `value`, or removes the field when it is null.
  public static void set(Map<String, @Nullable Object> tree, String field, @Nullable Object value) {
    if (value == null) {
      of(tree).remove(field);
    } else {
      of(tree).put(field, value);
    }
  }

  public static boolean isDeleting(Map<String, @Nullable Object> tree) {
    return of(tree).get("deletionTimestamp") != null;
  }

  public static @Nullable Long graceSeconds(Map<String, @Nullable Object> tree) {
    return of(tree).get("deletionGracePeriodSeconds") instanceof Long seconds ? seconds : null;
  }

  public static List<String> finalizers(Map<String, @Nullable Object> tree) {
    List<String> finalizers = new ArrayList<>();
    if (of(tree).get("finalizers") instanceof List<?> list) {
      list.forEach(each -> finalizers.add(String.valueOf(each)));
    }
    return finalizers;
  }

  public static void setFinalizers(Map<String, @Nullable Object> tree, List<String> finalizers) {
    set(tree, "finalizers", finalizers.isEmpty() ? null : new ArrayList<Object>(finalizers));
  }

  /// Counts the generation up where the object has one.
  public static void countGeneration(Map<String, @Nullable Object> tree) {
    if (of(tree).get("generation") instanceof Long generation && generation > 0) {
      set(tree, "generation", generation + 1);
    }
  }

  /// As the API writes times: RFC 3339 in whole seconds.
  public static String time(Instant instant) {
    return DateTimeFormatter.ISO_INSTANT.format(instant.truncatedTo(ChronoUnit.SECONDS));
  }

  public static Map<String, String> labels(Map<String, @Nullable Object> tree) {
    Map<String, String> labels = new java.util.LinkedHashMap<>();
    if (of(tree).get("labels") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> labels.put(String.valueOf(key), String.valueOf(value)));
    }
    return labels;
  }
}
