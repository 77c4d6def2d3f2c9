package io.kemudi.apiserver.registry;

import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The options of a write as the API writes them, for those who are asked about it.
final class OptionTrees {
  private OptionTrees() {}

  static Map<String, @Nullable Object> of(Operation operation, WriteOptions options) {
    Map<String, @Nullable Object> tree =
        begun(operation == Operation.CREATE ? "CreateOptions" : "UpdateOptions", options.dryRun());
    if (!options.fieldManager().isEmpty()) {
      tree.put("fieldManager", options.fieldManager());
    }
    if (!options.fieldValidation().isEmpty()) {
      tree.put("fieldValidation", options.fieldValidation());
    }
    return tree;
  }

  static Map<String, @Nullable Object> of(DeleteOptions options) {
    Map<String, @Nullable Object> tree = begun("DeleteOptions", options.dryRun());
    put(tree, "gracePeriodSeconds", options.gracePeriodSeconds());
    put(tree, "orphanDependents", options.orphanDependents());
    put(tree, "propagationPolicy", options.propagationPolicy());
    Map<String, @Nullable Object> preconditions = new LinkedHashMap<>();
    put(preconditions, "uid", options.uid());
    put(preconditions, "resourceVersion", options.resourceVersion());
    if (!preconditions.isEmpty()) {
      tree.put("preconditions", preconditions);
    }
    return tree;
  }

  private static Map<String, @Nullable Object> begun(String kind, boolean dryRun) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("kind", kind);
    tree.put("apiVersion", "meta.k8s.io/v1");
    if (dryRun) {
      tree.put("dryRun", List.of("All"));
    }
    return tree;
  }

  private static void put(
      Map<String, @Nullable Object> tree, String field, @Nullable Object value) {
    if (value != null) {
      tree.put(field, value);
    }
  }
}
