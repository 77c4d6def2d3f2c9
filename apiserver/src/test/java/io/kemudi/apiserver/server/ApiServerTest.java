package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.WebSocket;
import io.kemudi.kubernetes.core.v1.ConfigMapList;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The REST front over a store in memory; each test works in a namespace of its own.
@Timeout(60)
class ApiServerTest {
  @SuppressWarnings("NullAway.Init")
  private static RunningApiServer api;

  @BeforeAll
  static void start() throws Exception {
    api = new RunningApiServer();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void createsReadsAndDeletes() throws Exception {
    String maps = namespace("crud") + "/configmaps";

    var created = api.post(maps, configMap("a"));
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.body())
        .startsWith("{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\"")
        .endsWith("}\n");
    assertThat(created.headers().firstValue("audit-id")).isPresent();
    assertThat(created.headers().firstValue("cache-control")).contains("no-cache, private");

    assertThat(api.get(maps + "/a").body()).isEqualTo(created.body());
    var again = api.post(maps, configMap("a"));
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body())
        .contains("configmaps \\\"a\\\" already exists", "\"reason\":\"AlreadyExists\"");

    var deleted = api.send(RunningApiServer.ADMIN_TOKEN, "DELETE", maps + "/a", null);
    assertThat(deleted.body()).contains("\"status\":\"Success\"", "\"kind\":\"configmaps\"");
    assertThat(api.get(maps + "/a").statusCode()).isEqualTo(404);
  }

  @Test
  void speaksYamlAndProtobuf() throws Exception {
    String maps = namespace("media") + "/configmaps";
    var yaml =
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "POST",
            maps,
            "kind: ConfigMap\napiVersion: v1\nmetadata: {name: by-hand}\ndata: {k: 'yes', t: \"a\\nb\"}\n",
            "Content-Type",
            "application/yaml",
            "Accept",
            "application/yaml");
    assertThat(yaml.statusCode()).as(yaml.body()).isEqualTo(201);
    assertThat(yaml.body()).contains("  k: \"yes\"\n", "  t: |-\n    a\n    b\n");

    byte[] list = bytes(maps, "application/vnd.kubernetes.protobuf");
    Envelope envelope = Envelope.unwrap(list);
    assertThat(envelope.kind()).isEqualTo("ConfigMapList");
    ConfigMapList parsed = ConfigMapList.parseFrom(envelope.raw());
    assertThat(parsed.getItemsList())
        .singleElement()
        .satisfies(item -> assertThat(item.getDataMap()).containsEntry("k", "yes"));
  }

  @Test
  void answersWithPartialObjectsAndTables() throws Exception {
    String maps = namespace("forms") + "/configmaps";
    api.post(maps, configMap("p"));

    String partial =
        api.get(maps, "Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
            .body();
    assertThat(partial)
        .startsWith("{\"kind\":\"PartialObjectMetadataList\"")
        .contains("\"name\":\"p\"")
        .doesNotContain("\"data\":");
    String table =
        api.get(maps, "Accept", "application/json;as=Table;g=meta.k8s.io;v=v1,application/json")
            .body();
    assertThat(table)
        .startsWith("{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\"")
        .contains("\"cells\":[\"p\"");
  }

  @Test
  void packsLargeListsForThoseWhoAsk() throws Exception {
    String maps = namespace("large") + "/configmaps";
    api.post(
        maps, "{\"metadata\":{\"name\":\"big\"},\"data\":{\"k\":\"" + "x".repeat(200_000) + "\"}}");

    var packed = api.get(maps, "Accept-Encoding", "gzip");
    assertThat(packed.headers().firstValue("content-encoding")).contains("gzip");
    assertThat(api.get(maps).body()).hasSizeGreaterThan(200_000);
  }

  @Test
  void watchesOverHttp() throws Exception {
    String maps = namespace("watch") + "/configmaps";
    api.post(maps, configMap("before"));
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "https://127.0.0.1:"
                        + api.server.port()
                        + maps
                        + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=3"))
            .header("Authorization", "Bearer " + RunningApiServer.ADMIN_TOKEN)
            .build();
    var response = api.client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).contains("\"type\":\"ADDED\"", "\"name\":\"before\"");
      assertThat(lines.readLine())
          .contains("\"type\":\"BOOKMARK\"", "\"k8s.io/initial-events-end\":\"true\"");
      api.post(maps, configMap("after"));
      assertThat(lines.readLine()).contains("\"type\":\"ADDED\"", "\"name\":\"after\"");
      api.send(RunningApiServer.ADMIN_TOKEN, "DELETE", maps + "/after", null);
      assertThat(lines.readLine()).contains("\"type\":\"DELETED\"", "\"name\":\"after\"");
      // the server ends the watch in good order when its time is over
      assertThat(lines.readLine()).contains("\"type\":\"BOOKMARK\"");
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void watchesOverWebSocketWithATokenAsSubprotocol() throws Exception {
    String maps = namespace("socket") + "/configmaps";
    String token =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(RunningApiServer.ADMIN_TOKEN.getBytes(StandardCharsets.UTF_8));
    try (HttpConnection connection =
        HttpConnection.dialTls(
            new InetSocketAddress("127.0.0.1", api.server.port()),
            HttpConnection.clientTls(List.of(api.authority.certificate), null),
            null,
            Duration.ofSeconds(10))) {
      WebSocket socket =
          WebSocket.connect(
              connection,
              maps + "?watch=1",
              new Headers(),
              List.of("base64url.bearer.authorization.k8s.io." + token, "v4.channel.k8s.io"),
              1 << 20);
      assertThat(socket.protocol()).isEqualTo("v4.channel.k8s.io");
      api.post(maps, configMap("w"));
      assertThat(((WebSocket.Message.Text) socket.receive()).text())
          .contains("\"type\":\"ADDED\"", "\"name\":\"w\"");
    }
  }

  @Test
  void tellsAnExpiredWatchAsAnEvent() throws Exception {
    String maps = namespace("expired") + "/configmaps";
    api.post(maps, configMap("x"));
    var answer = api.get(maps + "?watch=1&resourceVersion=999999999&timeoutSeconds=1");
    assertThat(answer.statusCode()).isIn(200, 504);
  }

  @Test
  void refusesInUpstreamsWords() throws Exception {
    String ns = namespace("refuse");
    assertStatus(
        api.send(RunningApiServer.ADMIN_TOKEN, "PUT", ns + "/configmaps", configMap("a")),
        405,
        "MethodNotAllowed",
        "the server does not allow this method on the requested resource");
    assertStatus(
        api.get(ns + "/nothings"),
        404,
        "NotFound",
        "the server could not find the requested resource");
    assertStatus(
        api.get(ns + "/configmaps", "Accept", "text/html"),
        406,
        "NotAcceptable",
        "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml,"
            + " application/vnd.kubernetes.protobuf, application/json;stream=watch,"
            + " application/vnd.kubernetes.protobuf;stream=watch");
    assertStatus(
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "POST",
            ns + "/configmaps",
            "x",
            "Content-Type",
            "text/plain"),
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include:"
            + " application/json, application/yaml, application/vnd.kubernetes.protobuf");
    assertStatus(
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "PATCH",
            ns + "/configmaps/a",
            "{}",
            "Content-Type",
            "application/json"),
        415,
        "UnsupportedMediaType",
        "415: Unsupported Media Type");
    assertStatus(
        api.post(ns + "/configmaps", "{\"data\":{\"k\":\"" + "x".repeat(3 * 1024 * 1024) + "\"}}"),
        413,
        "RequestEntityTooLarge",
        "Request entity too large: limit is 3145728");
    assertStatus(
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "DELETE",
            ns + "/configmaps/a?gracePeriodSeconds=x",
            null),
        400,
        "BadRequest",
        "strconv.ParseInt: parsing \"x\": invalid syntax");
    assertThat(api.get("/apis/nope/v1/things").statusCode()).isEqualTo(404);
  }

  @Test
  void keepsClusterScopedObjectsOutOfNamespaces() throws Exception {
    String ns = namespace("scope");
    assertThat(api.get(ns + "/nodes").statusCode()).isEqualTo(404);
  }

  @Test
  void warnsOfUnknownFieldsAndRefusesThemWhenStrict() throws Exception {
    String maps = namespace("fields") + "/configmaps";
    String body = "{\"metadata\":{\"name\":\"f\"},\"spec\":{\"foo\":1}}";
    var warned = api.post(maps + "?dryRun=All", body);
    assertThat(warned.headers().allValues("warning"))
        .containsExactly("299 - \"unknown field \\\"spec\\\"\"");
    var strict = api.post(maps + "?fieldValidation=Strict", body);
    assertThat(strict.statusCode()).isEqualTo(400);
    assertThat(strict.body()).contains("strict decoding error: unknown field \\\"spec\\\"");
    assertThat(api.get(maps + "/f").statusCode()).isEqualTo(404);
  }

  @Test
  void letsNobodyInWithoutARole() throws Exception {
    String maps = namespace("rights") + "/configmaps";
    assertStatus(
        api.send("", "GET", maps, null),
        403,
        "Forbidden",
        "configmaps is forbidden: User \"system:anonymous\" cannot list resource \"configmaps\" in API group \"\" in the namespace \"rights\"");
    assertStatus(api.send("nonsense", "GET", maps, null), 401, "Unauthorized", "Unauthorized");

    assertThat(
            api.post(
                    "/apis/rbac.authorization.k8s.io/v1/namespaces/rights/roles",
                    "{\"metadata\":{\"name\":\"r\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"configmaps\"],\"verbs\":[\"list\"]}]}")
                .statusCode())
        .isEqualTo(201);
    api.post(
        "/apis/rbac.authorization.k8s.io/v1/namespaces/rights/rolebindings",
        "{\"metadata\":{\"name\":\"b\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Role\",\"name\":\"r\"},"
            + "\"subjects\":[{\"kind\":\"Group\",\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\"team-a\"}]}");
    awaitStatus(200, () -> api.send(RunningApiServer.ALICE_TOKEN, "GET", maps, null));
    assertThat(api.send(RunningApiServer.ALICE_TOKEN, "GET", maps + "/x", null).statusCode())
        .isEqualTo(403);
    assertThat(
            api.send(RunningApiServer.ALICE_TOKEN, "GET", "/api/v1/configmaps", null).statusCode())
        .isEqualTo(403);

    var review =
        api.post(
            "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            "{\"spec\":{\"user\":\"u\",\"groups\":[\"team-a\"],\"resourceAttributes\":{\"verb\":\"list\",\"resource\":\"configmaps\",\"namespace\":\"rights\"}}}");
    assertThat(review.body())
        .contains(
            "\"status\":{\"allowed\":true,\"reason\":\"RBAC: allowed by RoleBinding \\\"b/rights\\\" of Role \\\"r\\\" to Group \\\"team-a\\\"\"}");
  }

  @Test
  void letsNobodyGrantWhatTheyDoNotHave() throws Exception {
    namespace("grants");
    String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/grants/";
    api.post(
        rbac + "roles",
        "{\"metadata\":{\"name\":\"r\"},\"rules\":["
            + "{\"apiGroups\":[\"rbac.authorization.k8s.io\"],\"resources\":[\"roles\",\"rolebindings\"],\"verbs\":[\"create\"]},"
            + "{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\",\"list\"]}]}");
    api.post(
        rbac + "rolebindings",
        "{\"metadata\":{\"name\":\"b\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Role\",\"name\":\"r\"},"
            + "\"subjects\":[{\"kind\":\"User\",\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\"alice\"}]}");
    String held =
        "{\"metadata\":{\"name\":\"held\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\"]}]}";
    awaitStatus(201, () -> api.send(RunningApiServer.ALICE_TOKEN, "POST", rbac + "roles", held));

    var wider =
        api.send(
            RunningApiServer.ALICE_TOKEN,
            "POST",
            rbac + "roles",
            "{\"metadata\":{\"name\":\"more\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"*\"],\"verbs\":[\"get\"]}]}");
    assertThat(wider.statusCode()).isEqualTo(403);
    assertThat(wider.body()).contains("is attempting to grant RBAC permissions not currently held");
    var bound =
        api.send(
            RunningApiServer.ALICE_TOKEN,
            "POST",
            rbac + "rolebindings",
            "{\"metadata\":{\"name\":\"me\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\"admin\"},"
                + "\"subjects\":[{\"kind\":\"User\",\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\"alice\"}]}");
    assertThat(bound.statusCode()).isEqualTo(403);
  }

  @Test
  void letsAdministratorsActAsOthers() throws Exception {
    assertStatus(
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "GET",
            "/api/v1/nodes",
            null,
            "Impersonate-User",
            "system:serviceaccount:a:b"),
        403,
        "Forbidden",
        "nodes is forbidden: User \"system:serviceaccount:a:b\" cannot list resource \"nodes\" in API group \"\" at the cluster scope");
    assertStatus(
        api.send(
            RunningApiServer.ALICE_TOKEN, "GET", "/api/v1/nodes", null, "Impersonate-User", "bob"),
        403,
        "Forbidden",
        "nodes is forbidden: User \"alice\" cannot impersonate-on:user-info:list resource \"nodes\" in API group \"\" at the cluster scope");
  }

  @Test
  void actsAsOthersForSomeRequestsOnly() throws Exception {
    String rbac = "/apis/rbac.authorization.k8s.io/v1/";
    String authentication = "\"apiGroups\":[\"authentication.k8s.io\"],\"resources\":[\"users\"]";
    api.post(
        rbac + "clusterroles",
        "{\"metadata\":{\"name\":\"lists-as-bob\"},\"rules\":[{"
            + authentication
            + ",\"resourceNames\":[\"bob\"],\"verbs\":[\"impersonate:user-info\"]},"
            + "{\"apiGroups\":[\"\"],\"resources\":[\"nodes\"],\"verbs\":[\"impersonate-on:user-info:list\"]}]}");
    api.post(
        rbac + "clusterrolebindings",
        "{\"metadata\":{\"name\":\"lists-as-bob\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\"lists-as-bob\"},"
            + "\"subjects\":[{\"kind\":\"User\",\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\"alice\"}]}");

    assertStatus(
        asAlice("/api/v1/nodes", "bob"),
        403,
        "Forbidden",
        "nodes is forbidden: User \"bob\" cannot list resource \"nodes\" in API group \"\" at the cluster scope");
    assertStatus(
        asAlice("/api/v1/nodes/n", "bob"),
        403,
        "Forbidden",
        "nodes \"n\" is forbidden: User \"alice\" cannot impersonate-on:user-info:get resource \"nodes\" in API group \"\" at the cluster scope");
    assertStatus(
        asAlice("/api/v1/nodes", "eve"),
        403,
        "Forbidden",
        "users.authentication.k8s.io \"eve\" is forbidden: User \"alice\" cannot impersonate:user-info resource \"users\" in API group \"authentication.k8s.io\" at the cluster scope");
  }

  private static HttpResponse<String> asAlice(String path, String user) throws Exception {
    return api.send(RunningApiServer.ALICE_TOKEN, "GET", path, null, "Impersonate-User", user);
  }

  @Test
  void issuesTokensThatDieWithTheirAccount() throws Exception {
    String ns = namespace("tokens");
    api.post(ns + "/serviceaccounts", "{\"metadata\":{\"name\":\"robot\"}}");
    var issued =
        api.post(ns + "/serviceaccounts/robot/token", "{\"spec\":{\"expirationSeconds\":600}}");
    assertThat(issued.statusCode()).isEqualTo(201);
    Map<?, ?> status = (Map<?, ?>) Objects.requireNonNull(tree(issued.body()).get("status"));
    String token = Objects.requireNonNull(status.get("token")).toString();

    assertStatus(
        api.send(token, "GET", ns + "/secrets", null),
        403,
        "Forbidden",
        "secrets is forbidden: User \"system:serviceaccount:tokens:robot\" cannot list resource \"secrets\" in API group \"\" in the namespace \"tokens\"");
    var reviewed =
        api.post(
            "/apis/authentication.k8s.io/v1/tokenreviews",
            "{\"spec\":{\"token\":\"" + token + "\"}}");
    assertThat(reviewed.body()).contains("\"authenticated\":true", "system:serviceaccounts:tokens");
    String forged = token.substring(0, token.length() - 4) + "AAAA";
    assertThat(api.send(forged, "GET", ns + "/secrets", null).statusCode()).isEqualTo(401);

    api.send(RunningApiServer.ADMIN_TOKEN, "DELETE", ns + "/serviceaccounts/robot", null);
    awaitStatus(401, () -> api.send(token, "GET", ns + "/secrets", null));
    assertThat(api.get("/openid/v1/jwks").body())
        .contains("\"crv\":\"P-256\"", "\"alg\":\"ES256\"");
  }

  @Test
  void tellsItsHealthVersionAndPaths() throws Exception {
    assertThat(api.get("/readyz").body()).isEqualTo("ok");
    assertThat(api.get("/readyz?verbose").body()).contains("[+]ping ok\n", "readyz check passed\n");
    assertThat(api.get("/livez/etcd").body()).isEqualTo("ok");
    assertThat(api.get("/version").body()).contains("\"gitVersion\": \"v1.36.2+kemudi.1\"");
    assertThat(api.get("/metrics").body()).contains("apiserver_request_duration_seconds");
    assertThat(api.get("/nothing").statusCode()).isEqualTo(404);
    assertThat(api.get("/").body()).contains("\"/apis/apps/v1\"");
  }

  @Test
  void hasTheOldOpenApiDocumentForOldClients() throws Exception {
    var answer =
        api.get(
            "/openapi/v2", "Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
    assertThat(answer.statusCode()).isEqualTo(200);
    // Go's parser of media types refuses an @
    assertThat(answer.headers().firstValue("content-type"))
        .contains("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    assertThat(answer.body())
        .contains("io.k8s.api.apps.v1.Deployment", "#/definitions/io.k8s.api.core.v1.PodSpec");
    assertThat(api.get("/openapi/v2", "Accept", "application/xml").statusCode()).isEqualTo(406);
  }

  @Test
  void answersDiscoveryOnceUntilItChanges() throws Exception {
    String accept =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    var first = api.get("/apis", "Accept", accept);
    String etag = first.headers().firstValue("etag").orElseThrow();
    assertThat(api.get("/apis", "Accept", accept, "If-None-Match", etag).statusCode())
        .isEqualTo(304);
    assertThat(first.headers().firstValue("content-type"))
        .contains("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
  }

  // ---- below: small words for the tests above ----

  private static String namespace(String name) throws Exception {
    api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"}}");
    return "/api/v1/namespaces/" + name;
  }

  private static String configMap(String name) {
    return "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"k\":\"v\"}}";
  }

  private static byte[] bytes(String target, String accept) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + api.server.port() + target))
            .header("Authorization", "Bearer " + RunningApiServer.ADMIN_TOKEN)
            .header("Accept", accept)
            .build();
    return api.client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
  }

  private static Map<String, @Nullable Object> tree(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertStatus(
      HttpResponse<String> response, int code, String reason, String message) {
    Map<String, @Nullable Object> status = tree(response.body());
    assertThat(status.get("message")).isEqualTo(message);
    assertThat(status.get("reason")).isEqualTo(reason);
    assertThat(response.statusCode()).isEqualTo(code);
    assertThat(status.get("kind")).isEqualTo("Status");
  }

  @FunctionalInterface
  private interface Request {
    HttpResponse<String> send() throws Exception;
  }

  /// Rights and tokens follow the stored objects within moments, not at once.
  private static void awaitStatus(int code, Request request) throws Exception {
    for (int i = 0; i < 200; i++) {
      if (request.send().statusCode() == code) {
        return;
      }
      Thread.sleep(20);
    }
    assertThat(request.send().statusCode()).isEqualTo(code);
  }
}
