package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.crd.SchemaPaths;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where an object keeps what its scale shows: custom resources say so in their definition.
record ScalePaths(List<String> specReplicas, List<String> statusReplicas, List<String> selector) {
  private static final ScalePaths BUILT_IN =
      new ScalePaths(List.of("spec", "replicas"), List.of("status", "replicas"), List.of());

  static ScalePaths of(ResourceRow row) {
    CustomVersion custom = row.custom();
    return custom == null
        ? BUILT_IN
        : new ScalePaths(
            steps(custom.scale().specReplicas()),
            steps(custom.scale().statusReplicas()),
            steps(custom.scale().labelSelector()));
  }

  private static List<String> steps(String path) {
    return Objects.requireNonNullElse(SchemaPaths.parse(path), List.of());
  }

  @Nullable Object replicas(Map<String, @Nullable Object> tree) {
    return at(tree, specReplicas);
  }

  @Nullable Object currentReplicas(Map<String, @Nullable Object> tree) {
    return at(tree, statusReplicas);
  }

  /// The text of a custom object's selector.
  String selector(Map<String, @Nullable Object> tree) {
    return at(tree, selector) instanceof String text ? text : "";
  }

  void setReplicas(Map<String, @Nullable Object> tree, Object replicas) {
    Map<String, @Nullable Object> at = tree;
    for (String step : specReplicas.subList(0, specReplicas.size() - 1)) {
      at = Trees.child(at, step);
    }
    at.put(specReplicas.getLast(), replicas);
  }

  private static @Nullable Object at(Map<String, @Nullable Object> tree, List<String> steps) {
    return steps.isEmpty() ? null : Trees.at(tree, steps.toArray(String[]::new));
  }
}
