package io.kemudi.nodeagent.agent;

import static io.kemudi.apimachinery.resource.ResourceTypes.CONFIG_MAPS;
import static io.kemudi.apimachinery.resource.ResourceTypes.SECRETS;
import static io.kemudi.apimachinery.resource.ResourceTypes.SERVICE_ACCOUNTS;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.Lister;
import io.kemudi.kubernetes.authentication.v1.TokenRequest;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Secret;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.nodeagent.volume.PodReferences;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The objects that pods refer to, read from the API one by one (an agent may read what its own
/// pods refer to, not lists) and kept for a short while, so that a hundred pods that share a
/// ConfigMap cost one read.
final class ApiReferences implements PodReferences {
  private static final Duration KEEP = Duration.ofSeconds(15);
  private static final Duration KEEP_ABSENT = Duration.ofSeconds(1);
  private static final int MAX_KEPT = 2048; // then the least recently used go

  private static final ResourceType<TokenRequest> TOKEN_REQUESTS =
      new ResourceType<>(
          "authentication.k8s.io",
          "v1",
          "tokenrequests",
          "TokenRequest",
          true,
          TokenRequest.parser(),
          TokenRequest::getMetadata);

  private final ApiClient client;
  private final Lister<Service> services;
  private final Timers timers;
  private final Map<Key, Kept> kept = new Recent(); // guarded by itself

  private record Key(String resource, String namespace, String name) {}

  private record Kept(@Nullable Message object, Instant until) {}

  private static final class Recent extends LinkedHashMap<Key, Kept> {
    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
      return size() > MAX_KEPT;
    }
  }

  ApiReferences(ApiClient client, Lister<Service> services, Timers timers) {
    this.client = client;
    this.services = services;
    this.timers = timers;
  }

  /// Takes an object that somebody else has seen, newer than what is kept.
  void learn(ResourceType<?> type, String namespace, String name, Message object) {
    synchronized (kept) {
      kept.put(
          new Key(type.resource(), namespace, name), new Kept(object, timers.instant().plus(KEEP)));
    }
  }

  @Override
  public @Nullable ConfigMap configMap(String namespace, String name) {
    return get(CONFIG_MAPS, namespace, name);
  }

  @Override
  public @Nullable Secret secret(String namespace, String name) {
    return get(SECRETS, namespace, name);
  }

  @Override
  public List<Service> services(String namespace) {
    return services.list(namespace);
  }

  @Override
  public TokenRequest token(Pod pod, TokenRequest request) {
    ObjectMeta meta = pod.getMetadata();
    String account = pod.getSpec().getServiceAccountName();
    return client.createSubresource(
        SERVICE_ACCOUNTS,
        meta.getNamespace(),
        account.isEmpty() ? "default" : account,
        "token",
        TOKEN_REQUESTS,
        request,
        WriteOptions.NONE);
  }

  @SuppressWarnings("unchecked") // what is kept under a resource has its type
  private <T extends Message> @Nullable T get(ResourceType<T> type, String namespace, String name) {
    var key = new Key(type.resource(), namespace, name);
    synchronized (kept) {
      Kept found = kept.get(key);
      if (found != null && timers.instant().isBefore(found.until())) {
        return (T) found.object();
      }
    }
    T object = read(type, namespace, name);
    Instant until = timers.instant().plus(object == null ? KEEP_ABSENT : KEEP);
    synchronized (kept) {
      kept.put(key, new Kept(object, until));
    }
    return object;
  }

  private <T extends Message> @Nullable T read(
      ResourceType<T> type, String namespace, String name) {
    try {
      return client.get(type, namespace, name);
    } catch (ApiException e) {
      if (e.is(StatusReason.NOT_FOUND)) {
        return null;
      }
      throw e;
    }
  }
}
