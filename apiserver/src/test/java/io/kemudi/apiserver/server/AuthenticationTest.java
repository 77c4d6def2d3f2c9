package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.auth.AnonymousAccess;
import io.kemudi.apiserver.auth.RequestHeaderAuthenticator;
import io.kemudi.apiserver.server.ApiServerConfig.Authentication;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.TestAuthority;
import io.kemudi.http.TlsMaterial;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who is let in without a certificate or a token of their own.
@Timeout(60)
class AuthenticationTest {
  private static final String SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  private static final String REVIEW =
      "{\"kind\":\"SelfSubjectReview\",\"apiVersion\":\"authentication.k8s.io/v1\"}";

  @Test
  void anonymousClientsGetNoFurtherThanHealth() throws Exception {
    var access = new AnonymousAccess(Set.of("/healthz", "/livez", "/readyz"));
    try (RunningApiServer api = new RunningApiServer(new Authentication(access, null))) {
      assertThat(api.send("", "GET", "/livez", null).statusCode()).isEqualTo(200);
      assertThat(api.send("", "GET", "/readyz?verbose", null).statusCode()).isEqualTo(200);
      for (String path :
          new String[] {"/livez/etcd", "/version", "/api", "/api/v1/pods", "/livez/../api"}) {
        assertThat(api.send("", "GET", path, null).statusCode()).as(path).isEqualTo(401);
      }
      assertThat(api.get("/version").statusCode()).isEqualTo(200);
    }
    try (RunningApiServer api =
        new RunningApiServer(new Authentication(AnonymousAccess.NOWHERE, null))) {
      assertThat(api.send("", "GET", "/livez", null).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aFrontProxyIsBelievedAndNobodyElse() throws Exception {
    TestAuthority proxies = new TestAuthority("proxies");
    var settings =
        new RequestHeaderAuthenticator.Settings(
            List.of(proxies.certificate),
            List.of("front-proxy"),
            List.of("X-Remote-User"),
            List.of("X-Remote-Uid"),
            List.of("X-Remote-Group"),
            List.of("X-Remote-Extra-"));
    try (RunningApiServer api =
        new RunningApiServer(new Authentication(AnonymousAccess.EVERYWHERE, settings))) {
      Map<String, @Nullable Object> told = self(api, proxies.issue("CN=front-proxy"), 201);
      assertThat(Trees.at(told, "username")).isEqualTo("carol");
      assertThat(Trees.at(told, "uid")).isEqualTo("u-1");
      assertThat(Trees.at(told, "groups")).isEqualTo(List.of("team", "system:authenticated"));
      assertThat(Trees.at(told, "extra", "example.com/scope")).isEqualTo(List.of("view"));

      self(api, proxies.issue("CN=other"), 401);
      Map<String, @Nullable Object> own = self(api, api.authority.issue("CN=mallory"), 201);
      assertThat(Trees.at(own, "username")).isEqualTo("mallory");
      // a token, or nothing at all, does not make a proxy
      assertThat(post(api, null, 403)).contains("system:anonymous").doesNotContain("carol");

      String facts =
          api.get("/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication")
              .body();
      Object data = Trees.at(Json.parse(facts.getBytes(StandardCharsets.UTF_8)), "data");
      assertThat(Trees.at(data, "requestheader-username-headers")).isEqualTo("[\"X-Remote-User\"]");
      assertThat(Trees.at(data, "requestheader-allowed-names")).isEqualTo("[\"front-proxy\"]");
      assertThat((String) Trees.at(data, "requestheader-client-ca-file"))
          .contains("BEGIN CERTIFICATE");
    }
  }

  private static Map<String, @Nullable Object> self(
      RunningApiServer api, TlsMaterial certificate, int code) throws Exception {
    String body = post(api, certificate, code);
    Map<String, @Nullable Object> tree = Json.parseObject(body.getBytes(StandardCharsets.UTF_8));
    Map<String, @Nullable Object> user = Trees.objectOrNull(Trees.at(tree, "status", "userInfo"));
    return user == null ? Map.of() : user;
  }

  private static String post(RunningApiServer api, @Nullable TlsMaterial certificate, int code)
      throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder()
            .sslContext(HttpConnection.clientTls(List.of(api.authority.certificate), certificate))
            .build()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + api.server.port() + SELF))
                  .header("Content-Type", "application/json")
                  .header("X-Remote-User", "carol")
                  .header("X-Remote-Uid", "u-1")
                  .header("X-Remote-Group", "team")
                  .header("X-Remote-Extra-example.com%2fscope", "view")
                  .POST(HttpRequest.BodyPublishers.ofString(REVIEW))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
      return response.body();
    }
  }
}
