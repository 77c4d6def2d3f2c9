package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.Service;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Service. Its addresses and node ports are allocated by the registry, not here.
final class ServiceKind extends BuiltInKind<Service> {
  private static final long AFFINITY_SECONDS = 10_800;
  private static final Set<String> WITH_ADDRESS = Set.of("ClusterIP", "NodePort", "LoadBalancer");

  ServiceKind() {
    super("", "Service", Service.getDefaultInstance(), Service::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    Tree.defaultText(spec, "sessionAffinity", "None");
    if (Tree.text(spec, "sessionAffinity").equals("None")) {
      spec.remove("sessionAffinityConfig");
    } else if (Tree.text(spec, "sessionAffinity").equals("ClientIP")) {
      Map<String, @Nullable Object> client =
          Tree.made(Tree.made(spec, "sessionAffinityConfig"), "clientIP");
      Tree.defaultTo(client, "timeoutSeconds", AFFINITY_SECONDS);
    }
    Tree.defaultText(spec, "type", "ClusterIP");
    for (Map<String, @Nullable Object> port : Tree.maps(spec, "ports")) {
      applyToPort(port);
    }
    String type = Tree.text(spec, "type");
    if (externallyAccessible(spec, type)) {
      Tree.defaultText(spec, "externalTrafficPolicy", "Cluster");
    }
    if (WITH_ADDRESS.contains(type)) {
      Tree.defaultTo(spec, "internalTrafficPolicy", "Cluster");
    }
    if (type.equals("LoadBalancer")) {
      Tree.defaultTo(spec, "allocateLoadBalancerNodePorts", true);
      for (Map<String, @Nullable Object> ingress :
          Tree.maps(Tree.map(tree, "status", "loadBalancer"), "ingress")) {
        if (!Tree.text(ingress, "ip").isEmpty()) {
          Tree.defaultTo(ingress, "ipMode", "VIP");
        }
      }
    }
  }

  private static void applyToPort(Map<String, @Nullable Object> port) {
    Tree.defaultText(port, "protocol", "TCP");
    Object target = port.get("targetPort");
    boolean none =
        target == null
            || target.equals("")
            || target instanceof Number number && number.longValue() == 0;
    if (none) {
      port.put("targetPort", port.getOrDefault("port", 0L));
    }
  }

  private static boolean externallyAccessible(Map<String, @Nullable Object> spec, String type) {
    return type.equals("NodePort")
        || type.equals("LoadBalancer")
        || type.equals("ClusterIP") && !Tree.list(spec, "externalIPs").isEmpty();
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    AllocatedAddresses.normalize(Tree.made(tree, "spec"));
  }

  /// What was allocated once is kept by a client that does not mention it.
  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    super.prepareForUpdate(tree, old, subresource);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    Map<String, @Nullable Object> before = Tree.map(old, "spec");
    if (before != null && subresource.isEmpty()) {
      AllocatedAddresses.normalize(spec, before);
      AllocatedAddresses.keep(spec, before);
    }
  }

  @Override
  List<String> wrongName(String name) {
    return Names.dnsLabel(name);
  }

  @Override
  void validate(Service service, FieldErrors errors) {
    ServiceValidation.validate(service, errors);
  }

  @Override
  void validateUpdate(Service service, Service old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      ServiceValidation.validateStatus(service, errors);
    } else {
      ServiceValidation.validateUpdate(service, old, errors);
    }
  }

  @Override
  public List<String> selectableFields() {
    return List.of("metadata.name", "metadata.namespace", "spec.clusterIP", "spec.type");
  }

  @Override
  public String selectableField(Message object, String field) {
    return switch (field) {
      case "spec.clusterIP" -> cast(object).getSpec().getClusterIP();
      case "spec.type" -> cast(object).getSpec().getType();
      default -> super.selectableField(object, field);
    };
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    boolean onlyStatus = old != null && cast(object).getSpec().equals(cast(old).getSpec());
    return onlyStatus ? List.of() : ServiceWarnings.of(cast(object));
  }
}
