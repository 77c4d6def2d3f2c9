package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.ReplicationController;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// ReplicationController: selects by its template's labels unless it says otherwise.
final class ReplicationControllerKind extends BuiltInKind<ReplicationController> {
  ReplicationControllerKind() {
    super(
        "",
        "ReplicationController",
        ReplicationController.getDefaultInstance(),
        ReplicationController::getMetadata,
        true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    Map<String, @Nullable Object> template = Tree.map(spec, "template");
    if (template != null) {
      PodSpecDefaults.applyToTemplateOf(spec);
      Map<String, @Nullable Object> labels = Tree.map(template, "metadata", "labels");
      if (labels != null && !labels.isEmpty()) {
        copyIfEmpty(labels, spec, "selector");
        copyIfEmpty(labels, Tree.made(tree, "metadata"), "labels");
      }
    }
    Tree.defaultTo(spec, "replicas", 1L);
  }

  private static void copyIfEmpty(
      Map<String, @Nullable Object> labels, Map<String, @Nullable Object> to, String field) {
    Map<String, @Nullable Object> now = Tree.map(to, field);
    if (now == null || now.isEmpty()) {
      to.put(field, new LinkedHashMap<>(labels));
    }
  }

  @Override
  void validate(ReplicationController object, FieldErrors errors) {
    WorkloadValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      ReplicationController object,
      ReplicationController old,
      String subresource,
      FieldErrors errors) {
    if (subresource.equals("status")) {
      WorkloadValidation.validateStatus(object, errors);
    } else {
      validate(object, errors);
    }
  }

  @Override
  public List<String> selectableFields() {
    return List.of("metadata.name", "metadata.namespace", "status.replicas");
  }

  @Override
  public String selectableField(Message object, String field) {
    return field.equals("status.replicas")
        ? String.valueOf(cast(object).getStatus().getReplicas())
        : super.selectableField(object, field);
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return WorkloadWarnings.named(
        metadata(object),
        old == null ? null : metadata(old),
        cast(object).getSpec().getTemplate(),
        FieldPath.of("spec", "template"));
  }
}
