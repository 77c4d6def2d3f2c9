package io.kemudi.apiserver.bootstrap;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.AuditHook;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.http.Pem;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Publishes who signs users' certificates, as `kube-system/extension-apiserver-authentication`:
/// servers that stand behind ours (metrics, extension APIs) read there whom to trust. No front
/// proxy is trusted here, so nothing is said of one.
public final class AuthenticationFacts {
  private static final String NAMESPACE = "kube-system";
  private static final String NAME = "extension-apiserver-authentication";

  private AuthenticationFacts() {}

  /// Writes them. Blocks; repeatable.
  public static void publish(Registry registry, List<X509Certificate> clientAuthorities) {
    var context =
        new RequestContext(User.loopback(), "kube-apiserver", Authorizer.ALLOW_ALL, AuditHook.NONE);
    String bundle = clientAuthorities.stream().map(Pem::write).collect(Collectors.joining());
    byte[] json =
        Json.write(
            Map.of(
                "metadata",
                Map.of("name", NAME, "namespace", NAMESPACE),
                "data",
                Map.of("client-ca-file", bundle)));
    Target target =
        Target.object(registry.resources().need("", "v1", "configmaps"), NAMESPACE, NAME);
    try {
      registry.update(context, target, Body.json(json), WriteOptions.NONE);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
      Target collection = Target.collection(target.row(), NAMESPACE);
      registry.create(context, collection, Body.json(json), WriteOptions.NONE);
    }
  }
}
