package io.kemudi.apimachinery.kinds.table;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.kinds.Kinds;
import io.kemudi.apimachinery.kinds.table.TablePrinter.Builder;
import io.kemudi.kubernetes.core.v1.ComponentStatus;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Endpoints;
import io.kemudi.kubernetes.core.v1.Event;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodTemplate;
import io.kemudi.kubernetes.core.v1.ReplicationController;
import io.kemudi.kubernetes.core.v1.ResourceQuota;
import io.kemudi.kubernetes.core.v1.Secret;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The tables of all built-in kinds: those of the core group here, the others beside.
public final class Tables {
  private static final Map<String, TablePrinter> BY_KIND = new HashMap<>();
  private static final Builder<Event> EVENTS =
      new Builder<Event>()
          .since("Last Seen", EventCells::lastSeen)
          .text("Type", Event::getType)
          .text("Reason", Event::getReason)
          .text("Object", EventCells::object)
          .wide("Subobject", o -> o.getInvolvedObject().getFieldPath())
          .wide("Source", EventCells::source)
          .text("Message", o -> o.getMessage().strip())
          .add("First Seen", "string", "", 1, EventCells::firstSeen)
          .wide("Count", EventCells::count)
          .add("Name", "string", "name", 1, (o, now) -> o.getMetadata().getName());

  static {
    put(
        "",
        "ConfigMap",
        named(ConfigMap::getMetadata)
            .text("Data", o -> o.getDataCount() + o.getBinaryDataCount())
            .since("Age", age(ConfigMap::getMetadata)));
    put(
        "",
        "Endpoints",
        named(Endpoints::getMetadata)
            .text("Endpoints", EndpointCells::endpoints)
            .since("Age", age(Endpoints::getMetadata)));
    put(
        "",
        "ComponentStatus",
        named(ComponentStatus::getMetadata)
            .text("Status", Tables::health)
            .text(
                "Message", o -> o.getConditionsCount() == 0 ? "" : o.getConditions(0).getMessage())
            .text("Error", o -> o.getConditionsCount() == 0 ? "" : o.getConditions(0).getError()));
    put("", "Event", EVENTS);
    put("events.k8s.io", "Event", EVENTS);
    put(
        "",
        "Namespace",
        named(Namespace::getMetadata)
            .text("Status", o -> o.getStatus().getPhase())
            .since("Age", age(Namespace::getMetadata)));
    put(
        "",
        "Node",
        named(Node::getMetadata)
            .text("Status", NodeCells::status)
            .text("Roles", NodeCells::roles)
            .since("Age", age(Node::getMetadata))
            .text("Version", o -> o.getStatus().getNodeInfo().getKubeletVersion())
            .wide("Internal-IP", o -> NodeCells.address(o, "InternalIP"))
            .wide("External-IP", o -> NodeCells.address(o, "ExternalIP"))
            .wide("OS-Image", o -> NodeCells.orUnknown(o.getStatus().getNodeInfo().getOsImage()))
            .wide("Kernel-Version", NodeCells::kernel)
            .wide(
                "Container-Runtime",
                o ->
                    NodeCells.orUnknown(o.getStatus().getNodeInfo().getContainerRuntimeVersion())));
    put(
        "",
        "PersistentVolumeClaim",
        named(PersistentVolumeClaim::getMetadata)
            .text("Status", VolumeCells::status)
            .text("Volume", o -> o.getSpec().getVolumeName())
            .text("Capacity", VolumeCells::capacity)
            .text("Access Modes", VolumeCells::accessModes)
            .text("StorageClass", VolumeCells::storageClass)
            .text(
                "VolumeAttributesClass",
                o -> Cells.orUnset(o.getSpec().getVolumeAttributesClassName()))
            .since("Age", age(PersistentVolumeClaim::getMetadata))
            .wide("VolumeMode", o -> Cells.orUnset(o.getSpec().getVolumeMode())));
    put(
        "",
        "PersistentVolume",
        named(PersistentVolume::getMetadata)
            .text("Capacity", VolumeCells::capacity)
            .text("Access Modes", o -> VolumeCells.modes(o.getSpec().getAccessModesList()))
            .text("Reclaim Policy", o -> o.getSpec().getPersistentVolumeReclaimPolicy())
            .text("Status", VolumeCells::status)
            .text("Claim", VolumeCells::claim)
            .text("StorageClass", o -> o.getSpec().getStorageClassName())
            .text(
                "VolumeAttributesClass",
                o -> Cells.orUnset(o.getSpec().getVolumeAttributesClassName()))
            .text("Reason", o -> o.getStatus().getReason())
            .since("Age", age(PersistentVolume::getMetadata))
            .wide("VolumeMode", o -> Cells.orUnset(o.getSpec().getVolumeMode())));
    put(
        "",
        "Pod",
        named(Pod::getMetadata)
            .text("Ready", o -> new PodCells(o).ready())
            .text("Status", o -> new PodCells(o).status())
            .since("Restarts", (o, now) -> new PodCells(o).restarts(now))
            .since("Age", age(Pod::getMetadata))
            .wide("IP", o -> Cells.orNone(o.getStatus().getPodIP()))
            .wide("Node", o -> Cells.orNone(o.getSpec().getNodeName()))
            .wide("Nominated Node", o -> Cells.orNone(o.getStatus().getNominatedNodeName()))
            .wide("Readiness Gates", o -> new PodCells(o).readinessGates()));
    put(
        "",
        "PodTemplate",
        named(PodTemplate::getMetadata)
            .text("Containers", o -> Cells.containers(o.getTemplate().getSpec()))
            .text("Images", o -> Cells.images(o.getTemplate().getSpec()))
            .text("Pod Labels", o -> Cells.labels(o.getTemplate().getMetadata().getLabelsMap())));
    put(
        "",
        "ReplicationController",
        named(ReplicationController::getMetadata)
            .number("Desired", o -> o.getSpec().getReplicas())
            .number("Current", o -> o.getStatus().getReplicas())
            .number("Ready", o -> o.getStatus().getReadyReplicas())
            .since("Age", age(ReplicationController::getMetadata))
            .wide("Containers", o -> Cells.containers(o.getSpec().getTemplate().getSpec()))
            .wide("Images", o -> Cells.images(o.getSpec().getTemplate().getSpec()))
            .wide("Selector", o -> Cells.labels(o.getSpec().getSelectorMap())));
    put(
        "",
        "ResourceQuota",
        named(ResourceQuota::getMetadata)
            .text("Request", o -> VolumeCells.quota(o, false))
            .text("Limit", o -> VolumeCells.quota(o, true))
            .since("Age", age(ResourceQuota::getMetadata)));
    put(
        "",
        "Secret",
        named(Secret::getMetadata)
            .text("Type", Secret::getType)
            .text("Data", Secret::getDataCount)
            .since("Age", age(Secret::getMetadata)));
    put(
        "",
        "ServiceAccount",
        named(ServiceAccount::getMetadata).since("Age", age(ServiceAccount::getMetadata)));
    put(
        "",
        "Service",
        named(Service::getMetadata)
            .text("Type", o -> o.getSpec().getType())
            .text("Cluster-IP", ServiceCells::clusterIp)
            .text("External-IP", ServiceCells::externalIp)
            .text("Port(s)", ServiceCells::ports)
            .since("Age", age(Service::getMetadata))
            .wide("Selector", o -> Cells.labels(o.getSpec().getSelectorMap())));
    WorkloadTables.addTo(BY_KIND);
    OtherTables.addTo(BY_KIND);
  }

  private Tables() {}

  /// How a built-in kind's objects are printed. The cells are made from its stored message (for
  /// events of both groups the core one); kinds without a table of their own show name and
  /// creation.
  public static TablePrinter of(String group, String kind) {
    TablePrinter own = BY_KIND.get(group + "/" + kind);
    return own == null ? plain(Kinds.of(group, kind)::metadata) : own;
  }

  private static String health(ComponentStatus object) {
    String healthy =
        object.getConditionsList().stream()
            .filter(each -> each.getType().equals("Healthy"))
            .map(each -> each.getStatus())
            .findFirst()
            .orElse("Unknown");
    return switch (healthy) {
      case "True" -> "Healthy";
      case "False" -> "Unhealthy";
      default -> "Unknown";
    };
  }

  private static TablePrinter plain(Function<Message, ObjectMeta> metadata) {
    return named(metadata)
        .add("Created At", "date", "", 0, (o, now) -> created(metadata.apply(o)))
        .build();
  }

  static @Nullable Object created(ObjectMeta metadata) {
    return HumanDuration.isUnset(metadata.getCreationTimestamp())
        ? null
        : Instant.ofEpochSecond(metadata.getCreationTimestamp().getSeconds()).toString();
  }

  static <M extends Message> Builder<M> named(Function<M, ObjectMeta> metadata) {
    return new Builder<M>().name(object -> metadata.apply(object).getName());
  }

  static <M extends Message> BiFunction<M, Instant, @Nullable Object> age(
      Function<M, ObjectMeta> metadata) {
    return (object, now) -> HumanDuration.since(metadata.apply(object).getCreationTimestamp(), now);
  }

  private static void put(String group, String kind, Builder<?> table) {
    BY_KIND.put(group + "/" + kind, table.build());
  }
}
