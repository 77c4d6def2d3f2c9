package io.kemudi.controllermanager.endpointslice;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.informer.Informer;
import io.kemudi.controllermanager.namespace.NamespaceRefusals;
import io.kemudi.controllermanager.ownership.OwnWrites;
import io.kemudi.kubernetes.core.v1.EndpointAddress;
import io.kemudi.kubernetes.core.v1.EndpointPort;
import io.kemudi.kubernetes.core.v1.EndpointSubset;
import io.kemudi.kubernetes.core.v1.Endpoints;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps the deprecated Endpoints object of a Service with a selector, which old clients still
/// read. It holds at most 1,000 addresses; beyond, it says so in an annotation, as upstream does.
public final class EndpointsReconciler implements Reconciler<ObjectKey> {
  private static final int MAX_ADDRESSES = 1_000;
  private static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
  private static final String MANAGED_BY_LABEL = "endpoints.kubernetes.io/managed-by";
  private static final String HEADLESS_LABEL = "service.kubernetes.io/headless";
  private static final Duration CATCH_UP = Duration.ofMillis(5);

  private final ApiClient client;
  private final Informer<Service> services;
  private final Informer<Endpoints> endpoints;
  private final SelectedPods pods;
  private final OwnWrites<ObjectKey> ownWrites = new OwnWrites<>();

  public EndpointsReconciler(
      ApiClient client,
      Informer<Service> services,
      Informer<Endpoints> endpoints,
      SelectedPods pods) {
    this.client = client;
    this.services = services;
    this.endpoints = endpoints;
    this.pods = pods;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    if (!ownWrites.shownAt(key, endpoints.resourceVersion())) {
      return Result.after(CATCH_UP);
    }
    Service service = services.lister().get(key);
    Endpoints existing = endpoints.lister().get(key);
    if (service == null) {
      ownWrites.forget(key);
      deleteLeftOver(key, existing);
      return Result.DONE;
    }
    if (service.getSpec().getSelectorCount() == 0
        || service.getSpec().getType().equals("ExternalName")) {
      return Result.DONE;
    }
    Endpoints wanted = compute(service, existing);
    try {
      if (existing == null) {
        wrote(key, client.create(ResourceTypes.ENDPOINTS, wanted, WriteOptions.NONE));
      } else if (!existing.equals(wanted)) {
        wrote(key, client.update(ResourceTypes.ENDPOINTS, wanted, WriteOptions.NONE));
      }
    } catch (ApiException e) {
      if (!NamespaceRefusals.isGoing(e)) {
        throw e;
      }
    }
    return Result.DONE;
  }

  /// Endpoints have no owner reference: they share the Service's name and go with it.
  private void deleteLeftOver(ObjectKey key, @Nullable Endpoints existing) {
    if (existing == null || !existing.getMetadata().getLabelsMap().containsKey(MANAGED_BY_LABEL)) {
      return;
    }
    try {
      client.delete(
          ResourceTypes.ENDPOINTS,
          key.namespace(),
          key.name(),
          DeleteOptions.NONE.onlyUid(existing.getMetadata().getUid()));
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.CONFLICT)) {
        throw e;
      }
    }
  }

  private Endpoints compute(Service service, @Nullable Endpoints existing) {
    String family =
        service.getSpec().getIpFamiliesCount() == 0 ? "IPv4" : service.getSpec().getIpFamilies(0);
    var groups = ServiceBackends.of(service, pods.of(service), family, node -> "");
    var meta =
        existing == null
            ? ObjectMeta.newBuilder()
                .setName(service.getMetadata().getName())
                .setNamespace(service.getMetadata().getNamespace())
            : existing.getMetadata().toBuilder();
    meta.clearLabels()
        .putAllLabels(service.getMetadata().getLabelsMap())
        .putLabels(MANAGED_BY_LABEL, "endpoint-controller");
    if (service.getSpec().getClusterIP().equals("None")) {
      meta.putLabels(HEADLESS_LABEL, "");
    }
    var subsets = new ArrayList<EndpointSubset>();
    int count = 0;
    for (var group : groups.entrySet()) {
      int room = Math.max(0, MAX_ADDRESSES - count);
      List<Endpoint> shown =
          group.getValue().stream().filter(EndpointsReconciler::isShown).toList();
      List<Endpoint> taken = shown.stream().limit(room).toList();
      count += shown.size();
      if (!taken.isEmpty()) {
        subsets.add(subset(group.getKey(), taken));
      }
    }
    if (count > MAX_ADDRESSES) {
      meta.putAnnotations(OVER_CAPACITY, "truncated");
    } else {
      meta.removeAnnotations(OVER_CAPACITY);
    }
    return Endpoints.newBuilder().setMetadata(meta).addAllSubsets(subsets).build();
  }

  /// Pods that are stopping are no addresses, not even unready ones.
  private static boolean isShown(Endpoint endpoint) {
    return endpoint.getConditions().getReady() || !endpoint.getConditions().getTerminating();
  }

  private static EndpointSubset subset(
      List<io.kemudi.kubernetes.discovery.v1.EndpointPort> ports, List<Endpoint> endpoints) {
    var subset = EndpointSubset.newBuilder();
    for (Endpoint endpoint : endpoints) {
      var address =
          EndpointAddress.newBuilder()
              .setIp(endpoint.getAddresses(0))
              .setNodeName(endpoint.getNodeName())
              .setHostname(endpoint.getHostname())
              .setTargetRef(endpoint.getTargetRef());
      if (endpoint.getConditions().getReady()) {
        subset.addAddresses(address);
      } else {
        subset.addNotReadyAddresses(address);
      }
    }
    ports.forEach(p -> {
      var port =
          EndpointPort.newBuilder()
              .setName(p.getName())
              .setPort(p.getPort())
              .setProtocol(p.getProtocol());
      if (p.hasAppProtocol()) {
        port.setAppProtocol(p.getAppProtocol());
      }
      subset.addPorts(port);
    });
    return subset.build();
  }

  private void wrote(ObjectKey key, Endpoints written) {
    ownWrites.wrote(key, written.getMetadata().getResourceVersion());
  }
}
