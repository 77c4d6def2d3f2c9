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
import io.kemudi.controllermanager.ownership.ControllerRef;
import io.kemudi.controllermanager.ownership.OwnWrites;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keeps the EndpointSlices of a Service with a selector equal to the pods behind it.
public final class EndpointSliceReconciler implements Reconciler<ObjectKey> {
  static final String SERVICE_LABEL = "kubernetes.io/service-name";
  static final String MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by";
  static final String MANAGED_BY = "endpointslice-controller.k8s.io";
  private static final String HEADLESS_LABEL = "service.kubernetes.io/headless";

  /// Labels of the Service that its slices do not take over.
  private static final List<String> OWN_LABELS =
      List.of(SERVICE_LABEL, MANAGED_BY_LABEL, HEADLESS_LABEL);

  private static final String ZONE_LABEL = "topology.kubernetes.io/zone";
  private static final Duration CATCH_UP = Duration.ofMillis(5);

  private final ApiClient client;
  private final Informer<Service> services;
  private final Informer<EndpointSlice> slices;
  private final Informer<Node> nodes;
  private final SelectedPods pods;
  private final OwnWrites<ObjectKey> ownWrites = new OwnWrites<>();

  /// Adds an index to `slices`; before that informer starts.
  public EndpointSliceReconciler(
      ApiClient client,
      Informer<Service> services,
      Informer<EndpointSlice> slices,
      Informer<Node> nodes,
      SelectedPods pods) {
    this.client = client;
    this.services = services;
    this.slices = slices;
    this.nodes = nodes;
    this.pods = pods;
    slices.addIndex(
        SERVICE_LABEL,
        s ->
            List.of(
                s.getMetadata().getNamespace()
                    + "/"
                    + s.getMetadata().getLabelsOrDefault(SERVICE_LABEL, "")));
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Service service = services.lister().get(key);
    if (service == null) {
      ownWrites.forget(key); // the slices go with their owner
      return Result.DONE;
    }
    if (service.getSpec().getSelectorCount() == 0
        || service.getSpec().getType().equals("ExternalName")
        || service.getMetadata().hasDeletionTimestamp()) {
      return Result.DONE; // somebody else writes them, or nobody
    }
    if (!ownWrites.shownAt(key, slices.resourceVersion())) {
      return Result.after(CATCH_UP);
    }
    List<Pod> selected = pods.of(service);
    List<EndpointSlice> mine =
        slices.lister().byIndex(SERVICE_LABEL, key.toString()).stream()
            .filter(s ->
                s.getMetadata().getLabelsOrDefault(MANAGED_BY_LABEL, "").equals(MANAGED_BY)
                    && !s.getMetadata().hasDeletionTimestamp())
            .toList();
    try {
      for (String family : service.getSpec().getIpFamiliesList()) {
        reconcileFamily(key, service, family, selected, mine);
      }
    } catch (ApiException e) {
      if (!NamespaceRefusals.isGoing(e)) {
        throw e;
      }
    }
    return Result.DONE;
  }

  private void reconcileFamily(
      ObjectKey key, Service service, String family, List<Pod> selected, List<EndpointSlice> mine) {
    var desired = ServiceBackends.of(service, selected, family, this::zone);
    Map<String, String> labels = labels(service);
    List<EndpointSlice> existing =
        mine.stream().filter(s -> s.getAddressType().equals(family)).toList();
    SlicePlan plan = SlicePlan.of(desired, existing);
    for (EndpointSlice slice : plan.updates()) {
      ObjectMeta meta = slice.getMetadata().toBuilder().clearLabels().putAllLabels(labels).build();
      write(
          key,
          client.update(
              ResourceTypes.ENDPOINT_SLICES,
              slice.toBuilder().setMetadata(meta).build(),
              WriteOptions.NONE));
    }
    plan.creates()
        .forEach((ports, lists) ->
            lists.forEach(endpoints ->
                write(
                    key,
                    client.create(
                        ResourceTypes.ENDPOINT_SLICES,
                        EndpointSlice.newBuilder()
                            .setMetadata(metadata(service, labels))
                            .setAddressType(family)
                            .addAllPorts(ports)
                            .addAllEndpoints(endpoints)
                            .build(),
                        WriteOptions.NONE))));
    boolean keepOne = desired.isEmpty() && !plan.deletes().isEmpty();
    for (EndpointSlice slice : plan.deletes()) {
      if (keepOne) {
        // A Service without pods keeps one empty slice, so that readers see "none" and not
        // "unknown".
        keepOne = false;
        if (slice.getEndpointsCount() > 0) {
          write(
              key,
              client.update(
                  ResourceTypes.ENDPOINT_SLICES,
                  slice.toBuilder().clearEndpoints().clearPorts().build(),
                  WriteOptions.NONE));
        }
      } else {
        delete(key, slice);
      }
    }
    if (desired.isEmpty() && existing.isEmpty()) {
      write(
          key,
          client.create(
              ResourceTypes.ENDPOINT_SLICES,
              EndpointSlice.newBuilder()
                  .setMetadata(metadata(service, labels))
                  .setAddressType(family)
                  .build(),
              WriteOptions.NONE));
    }
  }

  private String zone(String node) {
    @Nullable Node found = nodes.lister().get("", node);
    return found == null ? "" : found.getMetadata().getLabelsOrDefault(ZONE_LABEL, "");
  }

  private static Map<String, String> labels(Service service) {
    var labels = new HashMap<>(service.getMetadata().getLabelsMap());
    OWN_LABELS.forEach(labels::remove);
    labels.put(SERVICE_LABEL, service.getMetadata().getName());
    labels.put(MANAGED_BY_LABEL, MANAGED_BY);
    if (service.getSpec().getClusterIP().equals("None")) {
      labels.put(HEADLESS_LABEL, "");
    }
    return labels;
  }

  private static ObjectMeta metadata(Service service, Map<String, String> labels) {
    return ObjectMeta.newBuilder()
        .setGenerateName(service.getMetadata().getName() + "-")
        .setNamespace(service.getMetadata().getNamespace())
        .putAllLabels(labels)
        .addOwnerReferences(ControllerRef.to("v1", "Service", service.getMetadata()))
        .build();
  }

  private void write(ObjectKey key, EndpointSlice written) {
    ownWrites.wrote(key, written.getMetadata().getResourceVersion());
  }

  private void delete(ObjectKey key, EndpointSlice slice) {
    try {
      String revision =
          client.delete(
              ResourceTypes.ENDPOINT_SLICES,
              key.namespace(),
              slice.getMetadata().getName(),
              DeleteOptions.NONE.onlyUid(slice.getMetadata().getUid()));
      ownWrites.wrote(key, revision);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.CONFLICT)) {
        throw e;
      }
    }
  }
}
