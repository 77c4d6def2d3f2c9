package io.kemudi.nodeagent.embedded.image;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.kemudi.nodeagent.embedded.image.StoredImage.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads one repository of a registry (the OCI distribution protocol, which is Docker's v2). Plain
/// http is spoken to loopback addresses only.
final class RegistryClient implements AutoCloseable {
  /// A name and password, or a token that is already one for the registry; all may be "".
  record Credentials(String username, String password, String token) {
    static final Credentials NONE = new Credentials("", "", "");
  }

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final Duration REQUEST_LIMIT = Duration.ofMinutes(10);
  private static final int MAX_MANIFEST_BYTES = 4 << 20;
  private static final int MAX_REDIRECTS = 5;
  private static final Pattern CHALLENGE = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final String MANIFEST_TYPES =
      String.join(
          ", ",
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.docker.distribution.manifest.v2+json");

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT_LIMIT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final String base;
  private final ImageReference image;
  private final Credentials credentials;

  /// The value of the Authorization header; "" until the registry asked for one.
  private volatile String authorization = "";

  RegistryClient(ImageReference image, Credentials credentials) throws IOException {
    this.image = image;
    this.credentials = credentials;
    String host = image.registry().equals("docker.io") ? "registry-1.docker.io" : image.registry();
    this.base = (isLoopback(host) ? "http://" : "https://") + host + "/v2/" + image.repository();
    if (!credentials.token().isEmpty()) {
      authorization = "Bearer " + credentials.token();
    }
  }

  private static boolean isLoopback(String hostAndPort) throws IOException {
    String host = hostAndPort.replaceFirst(":\\d+$", "");
    // Only literal addresses: a name that resolves to loopback today may not tomorrow.
    return host.equals("localhost")
        || (host.matches("[0-9.]+") && InetAddress.getByName(host).isLoopbackAddress());
  }

  byte[] manifest(String reference) throws IOException {
    try (InputStream in = get("/manifests/" + reference, MANIFEST_TYPES)) {
      byte[] bytes = in.readNBytes(MAX_MANIFEST_BYTES + 1);
      if (bytes.length > MAX_MANIFEST_BYTES) {
        throw new IOException("manifest of " + image + " is larger than 4 MiB: refused");
      }
      return bytes;
    }
  }

  InputStream blob(String digest) throws IOException {
    return get("/blobs/" + digest, "*/*");
  }

  private InputStream get(String path, String accept) throws IOException {
    URI target = URI.create(base + path);
    for (int redirects = 0, logins = 0; redirects <= MAX_REDIRECTS; ) {
      HttpResponse<InputStream> reply = send(target, accept);
      int status = reply.statusCode();
      if (status == 200) {
        return reply.body();
      }
      try (InputStream body = reply.body()) {
        if (status == 401 && logins++ == 0) {
          login(reply.headers().firstValue("WWW-Authenticate").orElse(""));
        } else if (status >= 300 && status < 400) {
          redirects++;
          target = target.resolve(reply.headers().firstValue("Location").orElse(""));
        } else {
          String said = new String(body.readNBytes(500), StandardCharsets.UTF_8);
          throw new IOException(
              image + ": registry answered " + status + " to " + target + ": " + said);
        }
      }
    }
    throw new IOException(image + ": more than " + MAX_REDIRECTS + " redirects");
  }

  private HttpResponse<InputStream> send(URI target, String accept) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target).timeout(REQUEST_LIMIT).header("Accept", accept);
    // Blobs are often elsewhere: the registry's credentials are for the registry only.
    String login = authorization;
    if (!login.isEmpty() && target.toString().startsWith(base)) {
      request.header("Authorization", login);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + target, e);
    } catch (IOException e) {
      throw new IOException(image + ": cannot reach " + target + ": " + e, e);
    }
  }

  private void login(String challenge) throws IOException {
    @Nullable String basic =
        credentials.username().isEmpty()
            ? null
            : "Basic "
                + Base64.getEncoder()
                    .encodeToString(
                        (credentials.username() + ":" + credentials.password())
                            .getBytes(StandardCharsets.UTF_8));
    if (challenge.regionMatches(true, 0, "Basic", 0, 5)) {
      authorization = basic == null ? "" : basic;
      return;
    }
    String realm = "";
    StringBuilder query = new StringBuilder();
    for (Matcher m = CHALLENGE.matcher(challenge); m.find(); ) {
      if (m.group(1).equals("realm")) {
        realm = m.group(2);
      } else if (!m.group(1).equals("error")) {
        query.append('&').append(m.group(1)).append('=').append(encode(m.group(2)));
      }
    }
    if (!realm.startsWith("https://") && !realm.startsWith("http://127.0.0.1")) {
      throw new IOException(
          image + ": registry wants a login that is not understood: " + challenge);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(realm + query.toString().replaceFirst("&", "?")))
            .timeout(CONNECT_LIMIT);
    if (basic != null) {
      request.header("Authorization", basic);
    }
    try {
      HttpResponse<String> reply = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (reply.statusCode() != 200) {
        throw new IOException(image + ": login refused with " + reply.statusCode());
      }
      JsonObject answer = JsonParser.parseString(reply.body()).getAsJsonObject();
      String token = Json.string(answer, "token");
      authorization = "Bearer " + (token.isEmpty() ? Json.string(answer, "access_token") : token);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while logging in at " + realm, e);
    }
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /// The manifest of this machine's platform in an index, or nothing when there is none.
  static Optional<String> ofThisPlatform(JsonObject index) {
    List<JsonElement> manifests = Json.elements(index, "manifests");
    String want = architecture();
    for (JsonElement element : manifests) {
      JsonObject platform = Json.object(element.getAsJsonObject(), "platform");
      if (Json.string(platform, "os").equals("linux")
          && Json.string(platform, "architecture").equals(want)) {
        return Optional.of(Json.string(element.getAsJsonObject(), "digest"));
      }
    }
    // An archive's index often names no platform for its only image.
    return manifests.size() == 1 && !manifests.getFirst().getAsJsonObject().has("platform")
        ? Optional.of(Json.string(manifests.getFirst().getAsJsonObject(), "digest"))
        : Optional.empty();
  }

  static String architecture() {
    return switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      case String other -> other;
    };
  }

  @Override
  public void close() {
    http.close();
  }
}
