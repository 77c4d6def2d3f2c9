package io.kemudi.apiserver.auth;

import io.kemudi.apiserver.registry.User;
import io.kemudi.kubernetes.rbac.v1.ClusterRole;
import io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding;
import io.kemudi.kubernetes.rbac.v1.PolicyRule;
import io.kemudi.kubernetes.rbac.v1.Role;
import io.kemudi.kubernetes.rbac.v1.RoleBinding;
import io.kemudi.kubernetes.rbac.v1.RoleRef;
import io.kemudi.kubernetes.rbac.v1.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An immutable picture of all roles and bindings, indexed by whom they are bound to, so that a
/// question costs what the asker's own bindings cost.
final class RbacPolicy {
  /// One binding as it concerns one subject: `namespace` "" binds everywhere, `words` say it in
  /// upstream's form, `missingRole` names a role that does not exist.
  record Grant(String namespace, List<PolicyRule> rules, String words, String missingRole) {}

  static final RbacPolicy EMPTY = new RbacPolicy(List.of(), List.of(), List.of(), List.of());

  /// `User name` or `Group name` -> what is bound to it
  private final Map<String, List<Grant>> grants = new HashMap<>();

  private final Map<String, List<PolicyRule>> clusterRoles = new HashMap<>();

  /// `namespace/name` -> rules
  private final Map<String, List<PolicyRule>> roles = new HashMap<>();

  RbacPolicy(
      Collection<ClusterRole> clusterRoles,
      Collection<ClusterRoleBinding> clusterBindings,
      Collection<Role> roles,
      Collection<RoleBinding> bindings) {
    for (ClusterRole role : clusterRoles) {
      this.clusterRoles.put(role.getMetadata().getName(), role.getRulesList());
    }
    for (Role role : roles) {
      this.roles.put(
          role.getMetadata().getNamespace() + "/" + role.getMetadata().getName(),
          role.getRulesList());
    }
    for (ClusterRoleBinding binding : clusterBindings) {
      String name = "ClusterRoleBinding \"" + binding.getMetadata().getName() + "\"";
      bind("", name, binding.getRoleRef(), binding.getSubjectsList());
    }
    for (RoleBinding binding : bindings) {
      String namespace = binding.getMetadata().getNamespace();
      String name = "RoleBinding \"" + binding.getMetadata().getName() + "/" + namespace + "\"";
      bind(namespace, name, binding.getRoleRef(), binding.getSubjectsList());
    }
  }

  /// What the user has in a namespace ("" for outside of any).
  List<Grant> grants(User user, String namespace) {
    List<Grant> found = new ArrayList<>();
    collect("User " + user.name(), namespace, found);
    for (String group : user.groups()) {
      collect("Group " + group, namespace, found);
    }
    return found;
  }

  /// The rules of a role; null when there is no such role.
  @org.jspecify.annotations.Nullable
  List<PolicyRule> rules(RoleRef ref, String namespace) {
    return ref.getKind().equals("ClusterRole")
        ? clusterRoles.get(ref.getName())
        : roles.get(namespace + "/" + ref.getName());
  }

  private void collect(String subject, String namespace, List<Grant> into) {
    for (Grant grant : grants.getOrDefault(subject, List.of())) {
      if (grant.namespace.isEmpty() || grant.namespace.equals(namespace)) {
        into.add(grant);
      }
    }
  }

  private void bind(String namespace, String binding, RoleRef ref, List<Subject> subjects) {
    List<PolicyRule> rules = rules(ref, namespace);
    String missing =
        rules != null
            ? ""
            : ref.getKind().toLowerCase(java.util.Locale.ROOT)
                + ".rbac.authorization.k8s.io \""
                + ref.getName()
                + "\" not found";
    for (Subject subject : subjects) {
      String words =
          "RBAC: allowed by %s of %s \"%s\" to %s"
              .formatted(binding, ref.getKind(), ref.getName(), words(subject, namespace));
      grants
          .computeIfAbsent(key(subject, namespace), _ -> new ArrayList<>(2))
          .add(new Grant(namespace, rules == null ? List.of() : rules, words, missing));
    }
  }

  private static String key(Subject subject, String namespace) {
    return subject.getKind().equals("ServiceAccount")
        ? "User " + ServiceAccountNames.user(namespaceOf(subject, namespace), subject.getName())
        : subject.getKind() + " " + subject.getName();
  }

  private static String words(Subject subject, String namespace) {
    return subject.getKind().equals("ServiceAccount")
        ? "ServiceAccount \"" + subject.getName() + "/" + namespaceOf(subject, namespace) + "\""
        : subject.getKind() + " \"" + subject.getName() + "\"";
  }

  private static String namespaceOf(Subject subject, String namespace) {
    return subject.getNamespace().isEmpty() ? namespace : subject.getNamespace();
  }
}
