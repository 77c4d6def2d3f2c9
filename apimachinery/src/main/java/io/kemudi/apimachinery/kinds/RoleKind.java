package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.rbac.v1.Role;
import java.util.List;

/// Role: what is allowed in one namespace.
final class RoleKind extends BuiltInKind<Role> {
  RoleKind() {
    super("rbac.authorization.k8s.io", "Role", Role.getDefaultInstance(), Role::getMetadata);
  }

  @Override
  List<String> wrongName(String name) {
    return Names.pathSegment(name);
  }

  @Override
  void validate(Role object, FieldErrors errors) {
    RbacValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(Role object, Role old, String subresource, FieldErrors errors) {
    RbacValidation.validate(object, errors);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }
}
