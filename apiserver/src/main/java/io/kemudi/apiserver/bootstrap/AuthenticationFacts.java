package io.kemudi.apiserver.bootstrap;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.auth.RequestHeaderAuthenticator;
import io.kemudi.apiserver.registry.AuditHook;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.http.Pem;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Publishes who signs users' certificates, as `kube-system/extension-apiserver-authentication`:
/// servers that stand behind ours (metrics, extension APIs) read there whom to trust. Where front
/// proxies are believed, they read by which headers.
public final class AuthenticationFacts {
  private static final String NAMESPACE = "kube-system";
  private static final String NAME = "extension-apiserver-authentication";

  private AuthenticationFacts() {}

  /// Writes them. Blocks; repeatable.
  public static void publish(
      Registry registry,
      List<X509Certificate> clientAuthorities,
      RequestHeaderAuthenticator.@Nullable Settings proxies) {
    var context =
        new RequestContext(User.loopback(), "kube-apiserver", Authorizer.ALLOW_ALL, AuditHook.NONE);
    Map<String, String> facts = new TreeMap<>();
    facts.put("client-ca-file", bundle(clientAuthorities));
    if (proxies != null) {
      facts.put("requestheader-client-ca-file", bundle(proxies.authorities()));
      facts.put("requestheader-allowed-names", json(proxies.allowedNames()));
      facts.put("requestheader-username-headers", json(proxies.userHeaders()));
      facts.put("requestheader-uid-headers", json(proxies.uidHeaders()));
      facts.put("requestheader-group-headers", json(proxies.groupHeaders()));
      facts.put("requestheader-extra-headers-prefix", json(proxies.extraPrefixes()));
    }
    byte[] json =
        Json.write(Map.of("metadata", Map.of("name", NAME, "namespace", NAMESPACE), "data", facts));
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

  private static String bundle(List<X509Certificate> authorities) {
    return authorities.stream().map(Pem::write).collect(Collectors.joining());
  }

  private static String json(List<String> texts) {
    return new String(Json.write(texts), StandardCharsets.UTF_8);
  }
}
