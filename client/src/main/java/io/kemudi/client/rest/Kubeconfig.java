package io.kemudi.client.rest;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.Pem;
import io.kemudi.http.TlsMaterial;
import io.kemudi.time.Timers;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads kubeconfig files: server, trusted authorities, and a client certificate or a bearer token.
/// What we do not do (exec plugins, auth providers, passwords, impersonation, proxies, skipping
/// verification) is refused by name rather than left out.
public final class Kubeconfig {
  private static final List<String> UNSUPPORTED_USER =
      List.of("exec", "auth-provider", "username", "password", "as", "as-groups", "as-uid");
  private static final List<String> UNSUPPORTED_CLUSTER =
      List.of("insecure-skip-tls-verify", "proxy-url", "tls-server-name");

  private final Path file;
  private final Map<?, ?> root;

  private Kubeconfig(Path file, Map<?, ?> root) {
    this.file = file;
    this.root = root;
  }

  /// The endpoint of the current context.
  ///
  /// @throws IOException naming the file, and the entry that is missing or wrong
  public static RestEndpoint load(Path file, Timers timers) throws IOException {
    Object value;
    try {
      value = Yaml.parse(Files.readAllBytes(file)).value();
    } catch (CodecException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    if (!(value instanceof Map<?, ?> root)) {
      throw new IOException(file + ": not a kubeconfig: no mapping at the top");
    }
    return new Kubeconfig(file, root).endpoint(timers);
  }

  private RestEndpoint endpoint(Timers timers) throws IOException {
    String current = text(root, "current-context");
    if (current.isEmpty()) {
      throw bad("current-context is not set");
    }
    Map<?, ?> context = named("contexts", current, "context");
    String clusterName = text(context, "cluster");
    String userName = text(context, "user");
    Map<?, ?> cluster = named("clusters", clusterName, "cluster");
    Map<?, ?> user = userName.isEmpty() ? Map.of() : named("users", userName, "user");
    refuse(cluster, UNSUPPORTED_CLUSTER, "clusters[" + clusterName + "]");
    refuse(user, UNSUPPORTED_USER, "users[" + userName + "]");
    String server = text(cluster, "server");
    if (server.isEmpty()) {
      throw bad("clusters[" + clusterName + "].cluster.server is not set");
    }
    String authorities = pem(cluster, "certificate-authority");
    String certificate = pem(user, "client-certificate");
    List<X509Certificate> trusted =
        authorities.isEmpty() ? List.of() : Pem.certificates(authorities);
    TlsMaterial own = certificate.isEmpty() ? null : identity(user, userName, certificate);
    boolean plain = trusted.isEmpty() && own == null;
    if (own != null && trusted.isEmpty()) {
      throw bad("clusters[" + clusterName + "]: a client certificate needs certificate-authority");
    }
    return new RestEndpoint(
        URI.create(server),
        plain ? null : HttpConnection.clientTls(trusted, own),
        token(user, timers));
  }

  private TlsMaterial identity(Map<?, ?> user, String userName, String certificate)
      throws IOException {
    String key = pem(user, "client-key");
    if (key.isEmpty()) {
      throw bad("users[" + userName + "]: client-certificate without client-key");
    }
    return new TlsMaterial(Pem.privateKey(key), Pem.certificates(certificate));
  }

  /// A file wins over the literal, as with kubectl.
  private Supplier<String> token(Map<?, ?> user, Timers timers) throws IOException {
    String tokenFile = text(user, "tokenFile");
    if (!tokenFile.isEmpty()) {
      return new TokenFile(beside(tokenFile), timers);
    }
    String token = text(user, "token");
    return () -> token;
  }

  /// The entry `name` of one of the three lists, or rather what it holds under `field`.
  private Map<?, ?> named(String list, String name, String field) throws IOException {
    if (root.get(list) instanceof List<?> entries) {
      for (Object entry : entries) {
        if (entry instanceof Map<?, ?> map
            && name.equals(map.get("name"))
            && map.get(field) instanceof Map<?, ?> found) {
          return found;
        }
      }
    }
    throw bad(list + " has no entry \"" + name + "\" with a " + field);
  }

  /// `field`-data in base64, or the file that `field` names; "" when there is neither.
  private String pem(Map<?, ?> from, String field) throws IOException {
    String data = text(from, field + "-data");
    if (!data.isEmpty()) {
      try {
        return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw bad(field + "-data is not base64: " + e.getMessage());
      }
    }
    String path = text(from, field);
    return path.isEmpty() ? "" : Files.readString(beside(path));
  }

  /// Relative paths are meant from the kubeconfig's folder.
  private Path beside(String path) {
    return file.toAbsolutePath().resolveSibling(path);
  }

  private void refuse(Map<?, ?> from, List<String> fields, String where) throws IOException {
    for (String field : fields) {
      Object value = from.get(field);
      if (value != null && !value.equals(Boolean.FALSE) && !value.equals("")) {
        throw bad(where + "." + field + " is not supported");
      }
    }
  }

  private static String text(Map<?, ?> from, String field) {
    @Nullable Object value = from.get(field);
    return value == null ? "" : value.toString();
  }

  private IOException bad(String what) {
    return new IOException(file + ": " + what);
  }
}
