package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.pods.Amounts;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.quota.CountedItem;
import io.kemudi.apimachinery.quota.DeviceClaimItem;
import io.kemudi.apimachinery.quota.PodItem;
import io.kemudi.apimachinery.quota.QuotaItem;
import io.kemudi.apimachinery.quota.Quotas;
import io.kemudi.apimachinery.quota.ServiceItem;
import io.kemudi.apimachinery.quota.VolumeClaimItem;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.ObjectReader.Stored;
import io.kemudi.apiserver.storage.ObjectStorage.Beside;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.ResourceQuota;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.resource.v1.ResourceClaim;
import io.kemudi.store.Txn;
import io.kemudi.time.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Charges what is written to the quotas of its namespace. The new status of each quota goes into
/// the object's own transaction, on condition that the quota is still as it was: so quotas are
/// exact whoever writes at the same time, on this server or another, and a write that fails for
/// another reason costs nothing. What a deletion frees, the quota controller counts.
final class ResourceQuotaAdmission implements AdmissionPlugin {
  private static final String QUOTAS = "resourcequotas";

  /// Too many to be worth counting, and written in the wake of everything else.
  private static final Set<String> UNCOUNTED = Set.of("events", "events.events.k8s.io");

  private final ObjectReader objects;
  private final Timers timers;

  ResourceQuotaAdmission(ObjectReader objects, Timers timers) {
    this.objects = objects;
    this.timers = timers;
  }

  @Override
  public String name() {
    return "ResourceQuota";
  }

  @Override
  public Beside beside(AdmissionRequest request) {
    if (!isCharged(request)) {
      return Beside.NOTHING;
    }
    try {
      return charged(request);
    } catch (ApiException e) {
      // The cache may be behind what has been freed: nobody is refused for old news.
      objects.catchUp(QUOTAS);
      return charged(request);
    }
  }

  private Beside charged(AdmissionRequest request) {
    String namespace = request.target().namespace();
    List<ResourceQuota> quotas =
        quotas(request, objects.in(QUOTAS, namespace, ResourceQuota.parser()));
    if (quotas.isEmpty()) {
      return Beside.NOTHING;
    }
    Charge charge = new Charge(request);
    List<Charged> charged = new ArrayList<>();
    for (ResourceQuota quota : quotas) {
      Map<String, Quantity> used = charge.to(quota);
      if (used != null) {
        charged.add(new Charged(quota, used));
      }
    }
    return beside(request, charged);
  }

  /// What only changes an object is charged where its size can change.
  private static boolean isCharged(AdmissionRequest request) {
    if (!request.target().row().namespaced()) {
      return false;
    }
    String resource = request.target().row().qualifiedResource();
    String subresource = request.target().subresource();
    boolean plain = subresource.isEmpty();
    return switch (request.operation()) {
      case CREATE -> plain && !UNCOUNTED.contains(resource);
      case UPDATE ->
          switch (resource) {
            case "pods" -> subresource.equals("resize");
            case "services" -> plain;
            case "persistentvolumeclaims" -> plain || subresource.equals("status");
            default -> false;
          };
      case DELETE, CONNECT -> false;
    };
  }

  /// Within a transaction of several objects the earlier ones have been charged already.
  private List<ResourceQuota> quotas(AdmissionRequest request, List<ResourceQuota> stored) {
    List<ResourceQuota> quotas = new ArrayList<>();
    for (ResourceQuota quota : stored) {
      String key =
          objects.key(QUOTAS, quota.getMetadata().getNamespace(), quota.getMetadata().getName());
      byte[] planned = request.context().planned(key);
      if (planned == null) {
        quotas.add(quota);
      } else {
        ResourceQuota now = objects.message(QUOTAS, key, planned, ResourceQuota.parser());
        ResourceQuota.Builder sameRevision = now.toBuilder();
        sameRevision
            .getMetadataBuilder()
            .setResourceVersion(quota.getMetadata().getResourceVersion());
        quotas.add(sameRevision.build());
      }
    }
    return quotas;
  }

  private record Charged(ResourceQuota quota, Map<String, Quantity> used) {}

  private Beside beside(AdmissionRequest request, List<Charged> charged) {
    List<Txn.Condition> conditions = new ArrayList<>();
    List<Txn.Write> writes = new ArrayList<>();
    for (Charged each : charged) {
      var metadata = each.quota.getMetadata();
      Map<String, @Nullable Object> old = objects.tree(QUOTAS, each.quota);
      Map<String, @Nullable Object> tree = Trees.copyObject(old);
      Map<String, @Nullable Object> used = Trees.child(Trees.child(tree, "status"), "used");
      each.used.forEach((name, amount) -> used.put(name, amount.toString()));
      Stored stored =
          objects.storedStatus(QUOTAS, metadata.getNamespace(), metadata.getName(), tree, old);
      conditions.add(
          new Txn.Condition(stored.key(), Long.parseLong(metadata.getResourceVersion())));
      writes.add(new Txn.Put(stored.key(), stored.value(), 0));
    }
    return new Beside(conditions, writes).buildingOnPlanned();
  }

  /// One object (and what it was) against one quota after another.
  private final class Charge {
    private final AdmissionRequest request;
    private final QuotaItem item;
    private final @Nullable QuotaItem before;

    Charge(AdmissionRequest request) {
      this.request = request;
      this.item = item(request.object());
      Map<String, @Nullable Object> old = request.old();
      this.before = request.operation() == Operation.UPDATE && old != null ? item(old) : null;
    }

    private QuotaItem item(Map<String, @Nullable Object> tree) {
      return switch (request.target().row().qualifiedResource()) {
        case "pods" -> new PodItem(Messages.pod(tree), timers.instant());
        case "services" -> new ServiceItem(Messages.of("core.v1.Service", Service.parser(), tree));
        case "persistentvolumeclaims" ->
            new VolumeClaimItem(
                Messages.of("core.v1.PersistentVolumeClaim", PersistentVolumeClaim.parser(), tree));
        case "resourceclaims.resource.k8s.io" ->
            new DeviceClaimItem(
                Messages.of("resource.v1.ResourceClaim", ResourceClaim.parser(), tree));
        default ->
            new CountedItem(request.target().row().group(), request.target().row().resource());
      };
    }

    /// The quota's new `used`; null when the object is none of its business, or changes nothing.
    @Nullable Map<String, Quantity> to(ResourceQuota quota) {
      Map<String, Quantity> hard = Amounts.of(quota.getStatus().getHardMap());
      Map<String, Quantity> used = Amounts.of(quota.getStatus().getUsedMap());
      Set<String> tracked = new TreeSet<>(hard.keySet());
      tracked.removeIf(name -> !item.tracks(name));
      if (tracked.isEmpty() || !Quotas.inScope(quota.getSpec(), item)) {
        return null;
      }
      String name = quota.getMetadata().getName();
      String missing = item.missing(tracked);
      if (!missing.isEmpty()) {
        throw request.forbidden("failed quota: " + name + ": " + missing);
      }
      if (!used.keySet().containsAll(tracked)) {
        throw request.forbidden(
            "status unknown for quota: " + name + ", resources: " + String.join(",", tracked));
      }
      Map<String, Quantity> had =
          before != null && Quotas.inScope(quota.getSpec(), before) ? before.usage() : Map.of();
      Map<String, Quantity> growth = Quotas.only(Quotas.growth(had, item.usage()), hard.keySet());
      if (growth.isEmpty()) {
        return null;
      }
      Map<String, Quantity> after = Amounts.plus(used, growth);
      List<String> exceeded = Quotas.exceeded(Quotas.only(after, growth.keySet()), hard);
      if (!exceeded.isEmpty() && !request.target().subresource().equals("status")) {
        throw request.forbidden(
            "exceeded quota: "
                + name
                + ", requested: "
                + Quotas.text(Quotas.only(growth, exceeded))
                + ", used: "
                + Quotas.text(Quotas.only(used, exceeded))
                + ", limited: "
                + Quotas.text(Quotas.only(hard, exceeded)));
      }
      return new TreeMap<>(after);
    }
  }
}
