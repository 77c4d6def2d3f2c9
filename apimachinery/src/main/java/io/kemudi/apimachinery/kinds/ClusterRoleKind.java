package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.rbac.v1.ClusterRole;
import java.util.List;

/// ClusterRole: what is allowed everywhere, or a sum of other roles.
final class ClusterRoleKind extends BuiltInKind<ClusterRole> {
  ClusterRoleKind() {
    super(
        "rbac.authorization.k8s.io",
        "ClusterRole",
        ClusterRole.getDefaultInstance(),
        ClusterRole::getMetadata);
  }

  @Override
  List<String> wrongName(String name) {
    return Names.pathSegment(name);
  }

  @Override
  void validate(ClusterRole object, FieldErrors errors) {
    RbacValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(ClusterRole object, ClusterRole old, String subresource, FieldErrors errors) {
    RbacValidation.validate(object, errors);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }
}
