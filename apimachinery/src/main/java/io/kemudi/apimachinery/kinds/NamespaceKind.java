package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Finalizers;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.Namespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Namespace: ends only when what is in it has ended, which its spec's finalizers see to.
final class NamespaceKind extends BuiltInKind<Namespace> {
  private static final String NAME_LABEL = "kubernetes.io/metadata.name";
  private static final String FINALIZER = "kubernetes";

  NamespaceKind() {
    super("", "Namespace", Namespace.getDefaultInstance(), Namespace::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    Tree.defaultText(Tree.made(tree, "status"), "phase", "Active");
    Map<String, @Nullable Object> metadata = Tree.made(tree, "metadata");
    String name = Tree.text(metadata, "name");
    if (!name.isEmpty()) {
      Tree.made(metadata, "labels").put(NAME_LABEL, name);
    }
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    status.put("phase", "Active");
    tree.put("status", status);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    List<Object> finalizers = Tree.list(spec, "finalizers");
    if (!finalizers.contains(FINALIZER)) {
      List<Object> with = new ArrayList<>(finalizers);
      with.add(FINALIZER);
      spec.put("finalizers", with);
    }
  }

  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    if (!subresource.equals("status")) {
      Tree.copy(old, tree, "status");
    }
    if (!subresource.equals("finalize")) {
      Tree.copy(old, tree, "spec");
    }
  }

  @Override
  List<String> wrongName(String name) {
    return Names.dnsLabel(name);
  }

  @Override
  void validate(Namespace namespace, FieldErrors errors) {
    // The whole list is named at creation, the element on the finalize subresource.
    FieldPath path = FieldPath.of("spec", "finalizers");
    for (String finalizer : namespace.getSpec().getFinalizersList()) {
      Finalizers.validateName(finalizer, path, errors);
    }
  }

  @Override
  void validateUpdate(Namespace namespace, Namespace old, String subresource, FieldErrors errors) {
    switch (subresource) {
      case "finalize" -> {
        int at = 0;
        for (String finalizer : namespace.getSpec().getFinalizersList()) {
          Finalizers.validateName(
              finalizer, FieldPath.of("spec", "finalizers").index(at++), errors);
        }
      }
      case "status" -> {
        boolean deleted = namespace.getMetadata().hasDeletionTimestamp();
        String phase = namespace.getStatus().getPhase();
        FieldPath path = FieldPath.of("status", "Phase");
        if (!deleted && !phase.equals("Active")) {
          errors.invalid(path, phase, "may only be 'Active' if `deletionTimestamp` is empty");
        } else if (deleted && !phase.equals("Terminating")) {
          errors.invalid(
              path, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
        }
      }
      default -> {}
    }
  }

  @Override
  public List<String> selectableFields() {
    return List.of("metadata.name", "status.phase");
  }

  @Override
  public String selectableField(com.google.protobuf.Message object, String field) {
    return switch (field) {
      case "status.phase" -> cast(object).getStatus().getPhase();
      default -> super.selectableField(object, field);
    };
  }
}
