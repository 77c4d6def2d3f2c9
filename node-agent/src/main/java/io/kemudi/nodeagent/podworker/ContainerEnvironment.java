package io.kemudi.nodeagent.podworker;

import com.google.protobuf.ByteString;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.EnvFromSource;
import io.kemudi.kubernetes.core.v1.EnvVar;
import io.kemudi.kubernetes.core.v1.EnvVarSource;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Secret;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.nodeagent.volume.DownwardApi;
import io.kemudi.nodeagent.volume.PodReferences;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The environment of a container: services, then `envFrom`, then `env`; what comes later wins and
/// may refer to what came before.
final class ContainerEnvironment {
  private final PodReferences references;
  private final Map<String, Quantity> allocatable;

  ContainerEnvironment(PodReferences references, Map<String, Quantity> allocatable) {
    this.references = references;
    this.allocatable = allocatable;
  }

  /// @param pod with its addresses in the status
  Map<String, String> of(Pod pod, Container container) {
    String namespace = pod.getMetadata().getNamespace();
    boolean links = !pod.getSpec().hasEnableServiceLinks() || pod.getSpec().getEnableServiceLinks();
    Map<String, String> services =
        ServiceEnvironment.of(
            references.services(namespace), references.services("default"), links);
    var result = new LinkedHashMap<String, String>();
    for (EnvFromSource source : container.getEnvFromList()) {
      addAll(namespace, source, result);
    }
    var known = new LinkedHashMap<>(services);
    known.putAll(result);
    for (EnvVar variable : container.getEnvList()) {
      String value = valueOf(pod, container, variable, known);
      if (value != null) {
        known.put(variable.getName(), value);
        result.put(variable.getName(), value);
      }
    }
    services.forEach(result::putIfAbsent);
    return result;
  }

  private void addAll(String namespace, EnvFromSource source, Map<String, String> result) {
    if (source.hasConfigMapRef()) {
      var ref = source.getConfigMapRef();
      ConfigMap map = configMap(namespace, ref.getLocalObjectReference().getName());
      if (map == null && !ref.getOptional()) {
        throw missing("configmap", ref.getLocalObjectReference().getName());
      }
      if (map != null) {
        map.getDataMap().forEach((k, v) -> result.put(source.getPrefix() + k, v));
      }
    } else if (source.hasSecretRef()) {
      var ref = source.getSecretRef();
      Secret secret = secret(namespace, ref.getLocalObjectReference().getName());
      if (secret == null && !ref.getOptional()) {
        throw missing("secret", ref.getLocalObjectReference().getName());
      }
      if (secret != null) {
        secret.getDataMap().forEach((k, v) -> result.put(source.getPrefix() + k, v.toStringUtf8()));
      }
    }
  }

  /// Null where an optional source has nothing: then there is no such variable.
  private @Nullable String valueOf(
      Pod pod, Container container, EnvVar variable, Map<String, String> known) {
    if (!variable.hasValueFrom()) {
      return Expansion.expand(variable.getValue(), known);
    }
    EnvVarSource from = variable.getValueFrom();
    String namespace = pod.getMetadata().getNamespace();
    try {
      if (from.hasFieldRef()) {
        return DownwardApi.field(pod, from.getFieldRef().getFieldPath());
      }
      if (from.hasResourceFieldRef()) {
        return DownwardApi.resource(pod, container, from.getResourceFieldRef(), allocatable);
      }
    } catch (IllegalArgumentException e) {
      throw ConfigFailure.config(String.valueOf(e.getMessage()));
    }
    if (from.hasConfigMapKeyRef()) {
      var ref = from.getConfigMapKeyRef();
      String name = ref.getLocalObjectReference().getName();
      ConfigMap map = configMap(namespace, name);
      String value = map == null ? null : map.getDataMap().get(ref.getKey());
      if (value == null && !ref.getOptional()) {
        throw map == null
            ? missing("configmap", name)
            : noKey("ConfigMap", namespace, name, ref.getKey());
      }
      return value;
    }
    if (from.hasSecretKeyRef()) {
      var ref = from.getSecretKeyRef();
      String name = ref.getLocalObjectReference().getName();
      Secret secret = secret(namespace, name);
      ByteString value = secret == null ? null : secret.getDataMap().get(ref.getKey());
      if (value == null && !ref.getOptional()) {
        throw secret == null
            ? missing("secret", name)
            : noKey("Secret", namespace, name, ref.getKey());
      }
      return value == null ? null : value.toStringUtf8();
    }
    throw ConfigFailure.unsupported(
        "env["
            + variable.getName()
            + "].valueFrom other than fieldRef, resourceFieldRef, "
            + "configMapKeyRef and secretKeyRef");
  }

  private @Nullable ConfigMap configMap(String namespace, String name) {
    return references.configMap(namespace, name);
  }

  private @Nullable Secret secret(String namespace, String name) {
    return references.secret(namespace, name);
  }

  private static ConfigFailure missing(String what, String name) {
    return ConfigFailure.config(what + " \"" + name + "\" not found");
  }

  private static ConfigFailure noKey(String kind, String namespace, String name, String key) {
    return ConfigFailure.config(
        "couldn't find key " + key + " in " + kind + " " + namespace + "/" + name);
  }
}
