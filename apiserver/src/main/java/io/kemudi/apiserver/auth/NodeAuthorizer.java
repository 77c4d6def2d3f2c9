package io.kemudi.apiserver.auth;

import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.ListOptions;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.User;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.rbac.v1.PolicyRule;
import io.kemudi.kubernetes.rbac.v1.RoleRef;
import java.util.List;
import java.util.Set;

/// Lets node agents (`system:node:NAME` in `system:nodes`) do what the role `system:node` allows,
/// and of secrets, config maps and the like only what the pods bound to that node refer to.
public final class NodeAuthorizer implements Authorizer {
  private static final String GROUP = "system:nodes";
  private static final String PREFIX = "system:node:";
  private static final RoleRef NODE_ROLE =
      RoleRef.newBuilder()
          .setApiGroup("rbac.authorization.k8s.io")
          .setKind("ClusterRole")
          .setName("system:node")
          .build();
  private static final Set<String> READS = Set.of("get", "list", "watch");

  private final RbacAuthorizer roles;
  private final Registry registry;

  public NodeAuthorizer(RbacAuthorizer roles, Registry registry) {
    this.roles = roles;
    this.registry = registry;
  }

  @Override
  public Decision authorize(User user, Attributes asked) {
    if (!user.in(GROUP) || !user.name().startsWith(PREFIX) || !asked.path().isEmpty()) {
      return Decision.NO_OPINION;
    }
    String node = user.name().substring(PREFIX.length());
    return switch (asked.resource()) {
      case "secrets", "configmaps", "persistentvolumeclaims" -> referenced(node, asked);
      case "serviceaccounts" ->
          asked.subresource().equals("token") ? referenced(node, asked) : byRole(asked);
      case "leases" -> ownLease(node, asked);
      case "csinodes" ->
          asked.name().equals(node) || asked.verb().equals("create")
              ? byRole(asked)
              : refused("can only access CSINode with the same name as the requesting node");
      case "nodes" -> ownNode(node, asked);
      default -> byRole(asked);
    };
  }

  private Decision byRole(Attributes asked) {
    List<PolicyRule> rules = roles.rulesOf(NODE_ROLE, "");
    return rules != null && rules.stream().anyMatch(rule -> RbacRules.allow(rule, asked))
        ? Decision.ALLOWED
        : Decision.NO_OPINION;
  }

  private Decision ownNode(String node, Attributes asked) {
    boolean own = asked.name().equals(node) || asked.name().isEmpty();
    if (!own && asked.verb().equals("get")) {
      return refused(
          "node '" + node + "' cannot read '" + asked.name() + "', only its own Node object");
    }
    return own || READS.contains(asked.verb()) ? byRole(asked) : Decision.NO_OPINION;
  }

  private Decision ownLease(String node, Attributes asked) {
    if (!asked.namespace().equals("kube-node-lease")) {
      return refused("can only access leases in the \"kube-node-lease\" system namespace");
    }
    if (!asked.verb().equals("create") && !asked.name().equals(node)) {
      return refused("can only access node lease with the same name as the requesting node");
    }
    return byRole(asked);
  }

  private Decision referenced(String node, Attributes asked) {
    boolean token = asked.resource().equals("serviceaccounts");
    if (token ? !asked.verb().equals("create") : !READS.contains(asked.verb())) {
      return refused("can only read resources of this type");
    }
    if (asked.name().isEmpty()) {
      return refused("No Object name found");
    }
    for (Pod pod : podsOf(node, asked.namespace())) {
      if (PodReferences.has(pod, asked.resource(), asked.name())) {
        return Decision.ALLOWED;
      }
    }
    return refused("no relationship found between node '" + node + "' and this object");
  }

  /// The watch cache is indexed by node, so this costs what the node's own pods cost.
  private List<Pod> podsOf(String node, String namespace) {
    Target pods =
        Target.collection(
            registry.resources().need("", "v1", ResourceTypes.PODS.resource()), namespace);
    ListOptions bound = ListOptions.ALL.fields("spec.nodeName=" + node).at("0", "");
    List<Pod> found = new java.util.ArrayList<>();
    try {
      for (StoredObject object : registry.list(RequestContext.loopback(), pods, bound)) {
        found.add(Pod.parseFrom(object.bytes()));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an unreadable pod in the cache", e);
    } catch (ApiException e) {
      return List.of(); // what cannot be seen is not granted
    }
    return found;
  }

  private static Decision refused(String why) {
    return new Decision(false, why);
  }
}
