package io.kemudi.nodeagent.agent;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.cri.v1.AuthConfig;
import io.kemudi.kubernetes.core.v1.LocalObjectReference;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Secret;
import io.kemudi.nodeagent.podworker.PullSecrets;
import io.kemudi.nodeagent.volume.PodReferences;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Registry credentials from a pod's `imagePullSecrets`, in Docker's two file forms.
final class RegistryCredentials implements PullSecrets {
  private static final Logger log = LoggerFactory.getLogger(RegistryCredentials.class);

  private final PodReferences references;

  RegistryCredentials(PodReferences references) {
    this.references = references;
  }

  @Override
  public List<AuthConfig> forImage(Pod pod, String image) {
    var found = new ArrayList<AuthConfig>();
    for (LocalObjectReference reference : pod.getSpec().getImagePullSecretsList()) {
      try {
        Secret secret = references.secret(pod.getMetadata().getNamespace(), reference.getName());
        if (secret != null) {
          found.addAll(of(secret, image));
        }
      } catch (ApiException | CodecException e) {
        log.warn(
            "pull secret {}/{} is left out: {}",
            pod.getMetadata().getNamespace(),
            reference.getName(),
            e.getMessage());
      }
    }
    return found;
  }

  static List<AuthConfig> of(Secret secret, String image) {
    Map<String, @Nullable Object> hosts = Map.of();
    if (secret.containsData(".dockerconfigjson")) {
      var file = Json.parseObject(secret.getDataOrThrow(".dockerconfigjson").toByteArray());
      hosts = object(file.get("auths"));
    } else if (secret.containsData(".dockercfg")) {
      hosts = Json.parseObject(secret.getDataOrThrow(".dockercfg").toByteArray());
    }
    var found = new ArrayList<AuthConfig>();
    String registry = registry(image);
    hosts.forEach((key, value) -> {
      if (host(key).equals(registry)) {
        found.add(auth(object(value), key));
      }
    });
    return found;
  }

  @SuppressWarnings("unchecked") // JSON objects have string keys
  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
  }

  private static AuthConfig auth(Map<String, @Nullable Object> entry, String server) {
    var auth = AuthConfig.newBuilder().setServerAddress(server);
    String user = text(entry, "username");
    String password = text(entry, "password");
    String both = text(entry, "auth");
    if (user.isEmpty() && !both.isEmpty()) {
      String decoded = new String(Base64.getDecoder().decode(both), StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      user = colon < 0 ? decoded : decoded.substring(0, colon);
      password = colon < 0 ? "" : decoded.substring(colon + 1);
    }
    return auth.setUsername(user)
        .setPassword(password)
        .setIdentityToken(text(entry, "identitytoken"))
        .setRegistryToken(text(entry, "registrytoken"))
        .build();
  }

  private static String text(Map<String, @Nullable Object> entry, String key) {
    return entry.get(key) instanceof String text ? text : "";
  }

  /// `docker.io` for images that name no registry.
  static String registry(String image) {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
    return host ? first : "docker.io";
  }

  private static String host(String key) {
    String bare = key.replaceFirst("^https?://", "");
    int slash = bare.indexOf('/');
    String host = slash < 0 ? bare : bare.substring(0, slash);
    return host.equals("index.docker.io") ? "docker.io" : host;
  }
}
