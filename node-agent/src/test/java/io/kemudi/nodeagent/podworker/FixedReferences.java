package io.kemudi.nodeagent.podworker;

import com.google.protobuf.ByteString;
import io.kemudi.kubernetes.authentication.v1.TokenRequest;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Secret;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.nodeagent.volume.PodReferences;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Objects that a test puts there.
public final class FixedReferences implements PodReferences {
  private final Map<String, ConfigMap> configMaps = new HashMap<>();
  private final Map<String, Secret> secrets = new HashMap<>();
  public final List<Service> services = new ArrayList<>();
  public int tokens;

  public void putConfigMap(String name, Map<String, String> data) {
    configMaps.put(name, ConfigMap.newBuilder().putAllData(data).build());
  }

  public void putSecret(String name, Map<String, String> data) {
    var secret = Secret.newBuilder();
    data.forEach((k, v) -> secret.putData(k, ByteString.copyFromUtf8(v)));
    secrets.put(name, secret.build());
  }

  @Override
  public @Nullable ConfigMap configMap(String namespace, String name) {
    return configMaps.get(name);
  }

  @Override
  public @Nullable Secret secret(String namespace, String name) {
    return secrets.get(name);
  }

  @Override
  public List<Service> services(String namespace) {
    return services.stream().filter(s -> s.getMetadata().getNamespace().equals(namespace)).toList();
  }

  @Override
  public TokenRequest token(Pod pod, TokenRequest request) {
    var answer = request.toBuilder();
    answer.getStatusBuilder().setToken("token-" + ++tokens);
    answer.getStatusBuilder().getExpirationTimestampBuilder().setSeconds(4_000_000_000L);
    return answer.build();
  }
}
