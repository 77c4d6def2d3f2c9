package io.kemudi.nodeagent.volume;

import io.kemudi.kubernetes.authentication.v1.TokenRequest;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Secret;
import io.kemudi.kubernetes.core.v1.Service;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The objects that a pod's environment and volumes are made of. Answers may be a little old; null
/// means that the object does not exist, an [io.kemudi.apimachinery.errors.ApiException] that the
/// server could not say.
public interface PodReferences {
  @Nullable ConfigMap configMap(String namespace, String name);

  @Nullable Secret secret(String namespace, String name);

  List<Service> services(String namespace);

  /// A token for the pod's service account.
  TokenRequest token(Pod pod, TokenRequest request);
}
