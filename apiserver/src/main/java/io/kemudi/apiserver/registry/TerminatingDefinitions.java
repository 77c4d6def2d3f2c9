package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the deletion of a CustomResourceDefinition begins with: it stays until its objects are
/// gone.
final class TerminatingDefinitions {
  private static final String RESOURCE = "customresourcedefinitions.apiextensions.k8s.io";
  private static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

  private TerminatingDefinitions() {}

  static boolean isOne(ResourceRow row) {
    return row.qualifiedResource().equals(RESOURCE);
  }

  /// @param now as the API writes times
  /// @return whether it was not marked yet
  static boolean mark(Map<String, @Nullable Object> tree, String now) {
    if (Meta.isDeleting(tree)) {
      return false;
    }
    Meta.set(tree, "deletionTimestamp", now);
    List<String> finalizers = Meta.finalizers(tree);
    if (!finalizers.contains(FINALIZER)) {
      finalizers.add(FINALIZER);
      Meta.setFinalizers(tree, finalizers);
    }
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("type", "Terminating");
    condition.put("status", "True");
    condition.put("lastTransitionTime", now);
    condition.put("reason", "InstanceDeletionPending");
    condition.put(
        "message",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon");
    Map<String, @Nullable Object> status = Trees.child(tree, "status");
    List<@Nullable Object> conditions = new ArrayList<>();
    if (status.get("conditions") instanceof List<?> known) {
      conditions.addAll(known);
    }
    conditions.removeIf(each -> "Terminating".equals(Trees.at(each, "type")));
    conditions.add(condition);
    status.put("conditions", conditions);
    return true;
  }
}
