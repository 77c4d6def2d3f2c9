package io.kemudi.apiserver.auth;

import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.User;
import io.kemudi.kubernetes.rbac.v1.ClusterRole;
import io.kemudi.kubernetes.rbac.v1.ClusterRoleBinding;
import io.kemudi.kubernetes.rbac.v1.PolicyRule;
import io.kemudi.kubernetes.rbac.v1.Role;
import io.kemudi.kubernetes.rbac.v1.RoleBinding;
import io.kemudi.kubernetes.rbac.v1.RoleRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Allows what the cluster's roles and bindings allow. Answers from a picture that follows the
/// stored objects within milliseconds; until it is complete it has no opinion on anything.
public final class RbacAuthorizer implements Authorizer, AutoCloseable {
  private final MirroredResource<ClusterRole> clusterRoles;
  private final MirroredResource<ClusterRoleBinding> clusterRoleBindings;
  private final MirroredResource<Role> roles;
  private final MirroredResource<RoleBinding> roleBindings;
  private final AtomicLong changes = new AtomicLong();
  private volatile Built built = new Built(0, RbacPolicy.EMPTY);

  /// A picture, and how many changes had come in before it was made.
  private record Built(long changes, RbacPolicy policy) {}

  public RbacAuthorizer(Registry registry) {
    Runnable forget = changes::incrementAndGet;
    clusterRoles = new MirroredResource<>(registry, ResourceTypes.CLUSTER_ROLES, forget);
    clusterRoleBindings =
        new MirroredResource<>(registry, ResourceTypes.CLUSTER_ROLE_BINDINGS, forget);
    roles = new MirroredResource<>(registry, ResourceTypes.ROLES, forget);
    roleBindings = new MirroredResource<>(registry, ResourceTypes.ROLE_BINDINGS, forget);
  }

  public void start() {
    clusterRoles.start();
    clusterRoleBindings.start();
    roles.start();
    roleBindings.start();
  }

  public boolean ready() {
    return clusterRoles.synced()
        && clusterRoleBindings.synced()
        && roles.synced()
        && roleBindings.synced();
  }

  public boolean awaitReady(Duration atMost) throws InterruptedException {
    return clusterRoles.awaitSynced(atMost)
        && clusterRoleBindings.awaitSynced(atMost)
        && roles.awaitSynced(atMost)
        && roleBindings.awaitSynced(atMost);
  }

  @Override
  public Decision authorize(User user, Attributes asked) {
    Set<String> missing = new LinkedHashSet<>();
    for (RbacPolicy.Grant grant : policy().grants(user, asked.namespace())) {
      // what is bound inside a namespace never reaches URLs outside of the API
      if (!grant.namespace().isEmpty() && !asked.path().isEmpty()) {
        continue;
      }
      for (PolicyRule rule : grant.rules()) {
        if (RbacRules.allow(rule, asked)) {
          return new Decision(true, grant.words());
        }
      }
      if (!grant.missingRole().isEmpty()) {
        missing.add(grant.missingRole());
      }
    }
    return missing.isEmpty() ? Decision.NO_OPINION : new Decision(false, "RBAC: " + told(missing));
  }

  /// All rules that the user has in a namespace ("" for cluster-wide ones only), the cluster-wide
  /// ones first, as upstream tells them.
  public List<PolicyRule> rules(User user, String namespace) {
    List<PolicyRule> everywhere = new ArrayList<>();
    List<PolicyRule> inside = new ArrayList<>();
    for (RbacPolicy.Grant grant : policy().grants(user, namespace)) {
      (grant.namespace().isEmpty() ? everywhere : inside).addAll(grant.rules());
    }
    everywhere.addAll(inside);
    return everywhere;
  }

  /// The rules of a role, or null.
  public @Nullable List<PolicyRule> rulesOf(RoleRef ref, String namespace) {
    return policy().rules(ref, namespace);
  }

  @Override
  public void close() {
    clusterRoles.close();
    clusterRoleBindings.close();
    roles.close();
    roleBindings.close();
  }

  /// Built when first asked for after a change.
  private RbacPolicy policy() {
    Built current = built;
    if (current.changes != changes.get()) {
      synchronized (this) {
        long seen = changes.get();
        current = built;
        if (current.changes != seen) {
          current =
              new Built(
                  seen,
                  new RbacPolicy(
                      clusterRoles.all(),
                      clusterRoleBindings.all(),
                      roles.all(),
                      roleBindings.all()));
          built = current;
        }
      }
    }
    return current.policy;
  }

  private static String told(Set<String> missing) {
    return missing.size() == 1 ? missing.iterator().next() : "[" + String.join(", ", missing) + "]";
  }
}
