package io.kemudi.controllermanager.resourcequota;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import io.kemudi.apimachinery.quota.CountedItem;
import io.kemudi.apimachinery.quota.DeviceClaimItem;
import io.kemudi.apimachinery.quota.PodItem;
import io.kemudi.apimachinery.quota.QuotaItem;
import io.kemudi.apimachinery.quota.ServiceItem;
import io.kemudi.apimachinery.quota.VolumeClaimItem;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.kubernetes.resource.v1.ResourceClaim;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The objects of a namespace of which a quota speaks, read from the server as they are now. What
/// counts by more than its number is read whole, the rest as metadata.
final class QuotaContent {
  private final ApiClient client;
  private final String namespace;
  private final Set<String> names;
  private final List<QuotaItem> items = new ArrayList<>();

  private QuotaContent(ApiClient client, String namespace, Collection<String> names) {
    this.client = client;
    this.namespace = namespace;
    this.names = new TreeSet<>(names);
  }

  /// `names` are those in the quota's `hard`.
  static List<QuotaItem> read(
      ApiClient client, String namespace, Collection<String> names, Instant now) {
    QuotaContent content = new QuotaContent(client, namespace, names);
    content.add(ResourceTypes.PODS, Pod.getDefaultInstance(), pod -> new PodItem(pod, now));
    content.add(ResourceTypes.SERVICES, Service.getDefaultInstance(), ServiceItem::new);
    content.add(
        ResourceTypes.PERSISTENT_VOLUME_CLAIMS,
        PersistentVolumeClaim.getDefaultInstance(),
        VolumeClaimItem::new);
    content.add(
        ResourceTypes.RESOURCE_CLAIMS, ResourceClaim.getDefaultInstance(), DeviceClaimItem::new);
    content.countOthers();
    return content.items;
  }

  /// Takes the names that this kind answers for, if any.
  private <T extends Message> void add(
      ResourceType<T> type, T sample, Function<T, QuotaItem> item) {
    QuotaItem kind = item.apply(sample);
    if (names.removeIf(kind::tracks)) {
      client.list(type, ListOptions.in(namespace)).items().forEach(o -> items.add(item.apply(o)));
    }
  }

  private void countOthers() {
    Set<String> counted = new TreeSet<>();
    names.forEach(name -> counted.add(CountedItem.countedBy(name)));
    for (String resource : counted) {
      ResourceInfo info = find(resource);
      if (info != null) {
        int count = client.list(metadata(info), ListOptions.in(namespace)).items().size();
        for (int i = 0; i < count; i++) {
          items.add(new CountedItem(info.group(), info.resource()));
        }
      }
    }
  }

  /// What is not served counts as nothing.
  private static @Nullable ResourceInfo find(String resource) {
    for (ResourceInfo info : ResourceInfos.all()) {
      String qualified =
          info.group().isEmpty() ? info.resource() : info.resource() + "." + info.group();
      if (qualified.equals(resource) && isCounted(info)) {
        return info;
      }
    }
    return null;
  }

  static boolean isCounted(ResourceInfo info) {
    return info.stored()
        && info.namespaced()
        && !info.resource().equals("events")
        && info.verbs().containsAll(List.of("list", "watch", "delete"));
  }

  static ResourceType<PartialObjectMetadata> metadata(ResourceInfo info) {
    return ResourceTypes.metadata(
        info.group(), info.version(), info.resource(), info.kind(), info.namespaced());
  }
}
