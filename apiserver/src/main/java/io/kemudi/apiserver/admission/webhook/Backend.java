package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.codec.Trees;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a webhook is served, as its configuration says.
sealed interface Backend {
  /// PEM certificates that its certificate must go back to; empty for those of the system.
  byte[] authorities();

  /// Outside of the cluster, or at least by an address of its own.
  record Url(URI uri, byte[] authorities) implements Backend {}

  /// `path` "" or beginning with a slash.
  record Service(String namespace, String name, int port, String path, byte[] authorities)
      implements Backend {
    /// What its certificate must be for.
    String host() {
      return name + "." + namespace + ".svc";
    }
  }

  /// @throws IllegalArgumentException when it is nowhere
  static Backend of(Map<String, @Nullable Object> clientConfig) {
    byte[] authorities = Base64.getDecoder().decode(Trees.string(clientConfig, "caBundle"));
    Map<String, @Nullable Object> service = Trees.objectOrNull(clientConfig.get("service"));
    if (service != null) {
      return new Service(
          Trees.string(service, "namespace"),
          Trees.string(service, "name"),
          service.get("port") instanceof Long port ? port.intValue() : 443,
          Trees.string(service, "path"),
          authorities);
    }
    String text = Trees.string(clientConfig, "url");
    try {
      URI uri = new URI(text);
      if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
        throw new IllegalArgumentException("the URL \"" + text + "\" is not https://HOST");
      }
      return new Url(uri, authorities);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no URL: " + e.getReason(), e);
    }
  }
}
