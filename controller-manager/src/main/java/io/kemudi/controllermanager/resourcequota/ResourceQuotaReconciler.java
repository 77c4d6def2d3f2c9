package io.kemudi.controllermanager.resourcequota;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import io.kemudi.apimachinery.pods.Amounts;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.quota.Quotas;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.kubernetes.core.v1.ResourceQuota;
import io.kemudi.kubernetes.core.v1.ResourceQuotaStatus;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Says in a quota's status what it allows and what is used. The API server charges what is written
/// in the object's own transaction; what is freed is counted here.
///
/// First the quota is read, then the objects, and the status is written on condition that the quota
/// is still the one that was read. Every charge changes the quota, so a count that misses a charged
/// object is never written.
public final class ResourceQuotaReconciler implements Reconciler<ObjectKey> {
  /// Terminating pods stop being charged by the clock; upstream recounts as often.
  private static final Duration RECOUNT = Duration.ofMinutes(5);

  private static final Duration SOON = Duration.ofMillis(50);

  private final ApiClient client;
  private final Timers timers;

  public ResourceQuotaReconciler(ApiClient client, Timers timers) {
    this.client = client;
    this.timers = timers;
  }

  /// The resources whose deletion frees something, as metadata.
  public static List<ResourceType<PartialObjectMetadata>> counted() {
    List<ResourceType<PartialObjectMetadata>> types = new ArrayList<>();
    Set<String> stored = new LinkedHashSet<>();
    for (ResourceInfo info : ResourceInfos.all()) {
      if (QuotaContent.isCounted(info) && stored.add(info.keyPrefix())) {
        types.add(QuotaContent.metadata(info));
      }
    }
    return types;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    ResourceQuota quota = latest(key);
    if (quota == null) {
      return Result.DONE;
    }
    Map<String, Quantity> hard = Amounts.of(quota.getSpec().getHardMap());
    Map<String, Quantity> used =
        Quotas.used(
            quota.getSpec(),
            QuotaContent.read(client, key.namespace(), hard.keySet(), timers.instant()));
    ResourceQuotaStatus status = quota.getStatus();
    if (Amounts.of(status.getHardMap()).equals(hard)
        && Amounts.of(status.getUsedMap()).equals(used)) {
      return Result.after(RECOUNT);
    }
    ResourceQuotaStatus counted =
        ResourceQuotaStatus.newBuilder()
            .putAllHard(Quotas.messages(hard))
            .putAllUsed(Quotas.messages(used))
            .build();
    try {
      client.updateSubresource(
          ResourceTypes.RESOURCE_QUOTAS,
          "status",
          quota.toBuilder().setStatus(counted).build(),
          WriteOptions.NONE);
      return Result.after(RECOUNT);
    } catch (ApiException e) {
      if (e.is(StatusReason.CONFLICT)) {
        return Result.after(SOON); // charged meanwhile
      }
      if (e.is(StatusReason.NOT_FOUND)) {
        return Result.DONE;
      }
      throw e;
    }
  }

  /// By a list: the controller's role lets it list everything and get nothing.
  private @Nullable ResourceQuota latest(ObjectKey key) {
    return client
        .list(ResourceTypes.RESOURCE_QUOTAS, ListOptions.in(key.namespace()))
        .items()
        .stream()
        .filter(quota -> quota.getMetadata().getName().equals(key.name()))
        .findFirst()
        .orElse(null);
  }
}
