package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// RoleBinding and ClusterRoleBinding: both parties are of the RBAC group unless they say
/// otherwise; the role never changes.
final class BindingKind<M extends Message> extends BuiltInKind<M> {
  private static final String RBAC = "rbac.authorization.k8s.io";

  /// What is wrong with a binding, or with changing the second (null at creation) into the first.
  interface Validation<M> {
    void validate(M binding, @Nullable M old, FieldErrors errors);
  }

  private final Validation<M> validation;

  BindingKind(
      String kind, M prototype, Function<M, ObjectMeta> metadata, Validation<M> validation) {
    super(RBAC, kind, prototype, metadata);
    this.validation = validation;
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    Tree.defaultText(Tree.made(tree, "roleRef"), "apiGroup", RBAC);
    for (Map<String, @Nullable Object> subject : Tree.maps(tree, "subjects")) {
      switch (Tree.text(subject, "kind")) {
        case "User", "Group" -> Tree.defaultText(subject, "apiGroup", RBAC);
        default -> {}
      }
    }
  }

  @Override
  List<String> wrongName(String name) {
    return Names.pathSegment(name);
  }

  @Override
  void validate(M binding, FieldErrors errors) {
    validation.validate(binding, null, errors);
  }

  @Override
  void validateUpdate(M binding, M old, String subresource, FieldErrors errors) {
    validation.validate(binding, old, errors);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }
}
