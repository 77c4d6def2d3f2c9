package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.audit.AuditPolicy;
import io.kemudi.apiserver.audit.AuditSink;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.grpc.ClusterServer;
import io.kemudi.apiserver.grpc.ClusterService;
import io.kemudi.apiserver.registry.User;
import io.kemudi.cluster.v1.BatchOperation;
import io.kemudi.cluster.v1.BatchRequest;
import io.kemudi.cluster.v1.ClusterGrpc;
import io.kemudi.cluster.v1.GetRequest;
import io.kemudi.cluster.v1.ResourceName;
import io.kemudi.cluster.v1.WriteRequest;
import io.kemudi.kubernetes.core.v1.Secret;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/// What the audit says of requests over REST and gRPC.
@Timeout(60)
class AuditTest {
  private static final String CANARY = "canary-4711";
  private static final String SECRETS = "/api/v1/namespaces/default/secrets";
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String TOKEN_REVIEW =
      "{\"kind\":\"TokenReview\",\"apiVersion\":\"authentication.k8s.io/v1\",\"spec\":{\"token\":\"%s\"}}";

  /// Events as they come, parsed.
  private static final class Heard implements AuditSink {
    final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    @Override
    public void record(byte[] event) {
      lines.add(new String(event, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {}

    Map<String, @Nullable Object> next() throws InterruptedException {
      String line = lines.poll(20, TimeUnit.SECONDS);
      assertThat(line).as("an event").isNotNull();
      return Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
    }

    /// What comes up to the end of a request at this path: the end is told after the answer.
    String untilEnd(String path) throws InterruptedException {
      var taken = new ArrayList<String>();
      boolean ended = false;
      while (!ended) {
        String line = lines.poll(20, TimeUnit.SECONDS);
        assertThat(line).as("an event").isNotNull();
        taken.add(line);
        ended =
            line.contains("\"stage\":\"ResponseComplete\"")
                && line.contains("\"requestURI\":\"" + path + "\"");
      }
      return String.join("\n", taken);
    }

    List<Map<String, @Nullable Object>> all() {
      List<String> taken = new ArrayList<>();
      lines.drainTo(taken);
      return taken.stream().map(l -> Json.parseObject(l.getBytes(StandardCharsets.UTF_8))).toList();
    }
  }

  private final Heard heard = new Heard();

  private RunningApiServer server(String rules) throws Exception {
    String policy = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n" + rules;
    return new RunningApiServer(
        new Auditor(
            AuditPolicy.parse(policy.getBytes(StandardCharsets.UTF_8)),
            List.of(heard),
            InstantSource.system()));
  }

  @Test
  void anEventSaysWhoDidWhatAndHowItEnded() throws Exception {
    try (RunningApiServer api =
        server(
            "- {level: Request, resources: [{resources: [pods]}]}\n"
                + "- {level: Metadata, omitStages: [RequestReceived]}")) {
      var response =
          api.send(
              RunningApiServer.ADMIN_TOKEN,
              "POST",
              MAPS + "?dryRun=All",
              "{\"metadata\":{\"name\":\"a\"}}",
              "Audit-Id",
              "id-1",
              "User-Agent",
              "test/1",
              "X-Forwarded-For",
              "10.1.2.3, <script>");
      assertThat(response.statusCode()).isEqualTo(201);

      Map<String, @Nullable Object> event = heard.next();
      assertThat(event.keySet())
          .containsExactly(
              "kind",
              "apiVersion",
              "level",
              "auditID",
              "stage",
              "requestURI",
              "verb",
              "user",
              "sourceIPs",
              "userAgent",
              "objectRef",
              "responseStatus",
              "requestReceivedTimestamp",
              "stageTimestamp",
              "annotations");
      assertThat(event)
          .containsEntry("kind", "Event")
          .containsEntry("apiVersion", "audit.k8s.io/v1")
          .containsEntry("level", "Metadata")
          .containsEntry("auditID", "id-1")
          .containsEntry("stage", "ResponseComplete")
          .containsEntry("requestURI", MAPS + "?dryRun=All")
          .containsEntry("verb", "create")
          .containsEntry("sourceIPs", List.of("10.1.2.3", "127.0.0.1"))
          .containsEntry("userAgent", "test/1")
          .containsEntry(
              "objectRef",
              Map.of("resource", "configmaps", "namespace", "default", "apiVersion", "v1"))
          .containsEntry("responseStatus", Map.of("metadata", Map.of(), "code", 201L))
          .containsEntry(
              "annotations",
              Map.of("authorization.k8s.io/decision", "allow", "authorization.k8s.io/reason", ""));
      assertThat(Trees.at(event, "user", "username")).isEqualTo("admin");
      assertThat((String) event.get("stageTimestamp"))
          .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    }
  }

  @Test
  void bodiesAreRecordedAtTheLevelsThatSaySo() throws Exception {
    try (RunningApiServer api =
        server(
            """
            - {level: Request, verbs: [create], resources: [{resources: [serviceaccounts]}]}
            - {level: RequestResponse, omitManagedFields: true, resources: [{resources: [serviceaccounts]}]}
            """)) {
      String accounts = "/api/v1/namespaces/default/serviceaccounts";
      api.post(accounts, "{\"metadata\":{\"name\":\"a\"}}");
      api.get(accounts + "/a");
      List<Map<String, @Nullable Object>> events = heard.all();

      assertThat(events)
          .extracting(e -> e.get("stage") + " " + e.get("verb"))
          .containsExactly(
              "RequestReceived create",
              "ResponseComplete create",
              "RequestReceived get",
              "ResponseComplete get");
      assertThat(Trees.at(events.get(1), "requestObject", "metadata", "name")).isEqualTo("a");
      assertThat(Trees.at(events.get(1), "objectRef", "name")).isEqualTo("a");
      assertThat(events.get(1)).doesNotContainKey("responseObject");
      assertThat(Trees.at(events.get(3), "responseObject", "kind")).isEqualTo("ServiceAccount");
      assertThat(Trees.at(events.get(3), "responseObject", "metadata", "managedFields")).isNull();
      assertThat(Trees.at(events.get(3), "responseObject", "metadata", "uid")).isNotNull();
    }
  }

  @Test
  void refusalsAndImpersonationAreRecorded() throws Exception {
    try (RunningApiServer api = server("- {level: Metadata, omitStages: [RequestReceived]}")) {
      api.send(RunningApiServer.ALICE_TOKEN, "GET", SECRETS + "/s", null);
      Map<String, @Nullable Object> refused = heard.next();
      assertThat(Trees.at(refused, "responseStatus", "code")).isEqualTo(403L);
      assertThat(Trees.at(refused, "responseStatus", "reason")).isEqualTo("Forbidden");
      assertThat(Trees.at(refused, "annotations", "authorization.k8s.io/decision"))
          .isEqualTo("forbid");

      api.get(SECRETS, "Impersonate-User", "alice");
      Map<String, @Nullable Object> impersonated = heard.next();
      assertThat(Trees.at(impersonated, "user", "username")).isEqualTo("admin");
      assertThat(Trees.at(impersonated, "impersonatedUser", "username")).isEqualTo("alice");
      assertThat(Trees.at(impersonated, "responseStatus", "code")).isEqualTo(403L);

      api.send("wrong-" + CANARY, "GET", SECRETS, null);
      Map<String, @Nullable Object> unknown = heard.next();
      assertThat(Trees.at(unknown, "responseStatus", "code")).isEqualTo(401L);
      assertThat(Trees.at(unknown, "user", "username")).isNull();
    }
  }

  @Test
  void aWatchIsToldWhenItBeginsAndWhenItEnds() throws Exception {
    try (RunningApiServer api = server("- {level: Metadata}")) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create("https://127.0.0.1:" + api.server.port() + MAPS + "?watch=1"))
              .header("Authorization", "Bearer " + RunningApiServer.ADMIN_TOKEN)
              .build();
      HttpResponse<InputStream> watch =
          api.client.send(request, HttpResponse.BodyHandlers.ofInputStream());

      assertThat(heard.next()).containsEntry("stage", "RequestReceived");
      assertThat(heard.next()).containsEntry("stage", "ResponseStarted");
      watch.body().close();
      Map<String, @Nullable Object> end = heard.next();
      assertThat(end).containsEntry("stage", "ResponseComplete").containsEntry("verb", "watch");
      assertThat(Trees.at(end, "responseStatus", "code")).isEqualTo(200L);
    }
  }

  /// LESSONS row 24: CVE-2019-11250 and CVE-2020-8563 to -8566, tokens in logs.
  @Test
  void noTokenAndNoSecretIsInAnyEventUnlessThePolicySaysSo() throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    String bodies = "- {level: Request, resources: [{resources: [secrets, configmaps]}]}\n";
    try (RunningApiServer api = server(bodies + "- {level: RequestResponse}")) {
      String secret = "{\"metadata\":{\"name\":\"s\"},\"stringData\":{\"p\":\"" + CANARY + "\"}}";
      assertThat(api.post(SECRETS, secret).statusCode()).isEqualTo(201);
      api.get(SECRETS + "/s");
      api.post(MAPS, "{\"metadata\":{\"name\":\"s\"},\"data\":{\"token\":\"" + CANARY + "\"}}");
      api.post("/apis/authentication.k8s.io/v1/tokenreviews", TOKEN_REVIEW.formatted(CANARY));
      api.send(CANARY, "GET", SECRETS, null);
      api.get("/api/v1/pods?access_token=" + CANARY + "&limit=1");
      api.post("/api/v1/namespaces/default/serviceaccounts", "{\"metadata\":{\"name\":\"sa\"}}");
      String answer =
          api.post(
                  "/api/v1/namespaces/default/serviceaccounts/sa/token",
                  "{\"kind\":\"TokenRequest\",\"apiVersion\":\"authentication.k8s.io/v1\",\"spec\":{}}")
              .body();
      String token =
          (String) Trees.at(Json.parse(answer.getBytes(StandardCharsets.UTF_8)), "status", "token");

      String events = heard.untilEnd("/api/v1/namespaces/default/serviceaccounts/sa/token");
      assertThat(token).isNotEmpty();
      assertThat(events)
          .contains(
              "\"tokenreviews\"",
              "\"subresource\":\"token\"",
              "access_token=redacted\\u0026limit=1")
          .doesNotContain(CANARY, base64(CANARY), token, RunningApiServer.ADMIN_TOKEN);
      assertThat(List.copyOf(log.list))
          .extracting(ILoggingEvent::getFormattedMessage)
          .noneMatch(line -> line.contains(CANARY) || line.contains(token));
    } finally {
      root.detachAppender(log);
    }
    heard.lines.clear();
    try (RunningApiServer api = server("- {level: RequestResponse}")) {
      api.post(
          SECRETS, "{\"metadata\":{\"name\":\"s\"},\"stringData\":{\"p\":\"" + CANARY + "\"}}");
      assertThat(heard.untilEnd(SECRETS)).contains(base64(CANARY));
      api.post(
          SECRETS,
          "{\"metadata\":{\"name\":\"bootstrap-token-aaaaaa\",\"namespace\":\"default\"},"
              + "\"type\":\"bootstrap.kubernetes.io/token\",\"stringData\":{\"x\":\""
              + CANARY
              + "\"}}");
      assertThat(heard.untilEnd(SECRETS))
          .contains("bootstrap-token-aaaaaa")
          .doesNotContain(CANARY, base64(CANARY));
    }
  }

  @Test
  void everyPartOfATransactionHasAnEventOfItsOwn() throws Exception {
    try (RunningApiServer api =
        server(
            """
            - {level: Request, omitStages: [RequestReceived], resources: [{resources: [secrets]}]}
            - level: RequestResponse
              omitStages: [RequestReceived]
              resources: [{resources: [serviceaccounts]}, {group: kemudi.io}]
            """)) {
      var response =
          api.post(
              "/apis/kemudi.io/v1/transactions",
              """
              {"operations":[
                {"method":"POST","path":"/api/v1/namespaces/default/secrets",
                 "body":{"metadata":{"name":"s"},"stringData":{"p":"canary-4711"}}},
                {"method":"POST","path":"/api/v1/namespaces/default/serviceaccounts",
                 "body":{"metadata":{"name":"sa"}}}]}
              """);
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);

      List<Map<String, @Nullable Object>> events = heard.all();
      assertThat(events)
          .extracting(e -> Trees.at(e, "objectRef", "resource"))
          .containsExactly("secrets", "serviceaccounts", "transactions");
      assertThat(events.toString()).doesNotContain(CANARY, base64(CANARY));
      assertThat(Trees.at(events.get(1), "requestObject", "metadata", "name")).isEqualTo("sa");
    }
  }

  @Test
  void grpcIsAuditedAsRestIs() throws Exception {
    Auditor auditor =
        new Auditor(
            AuditPolicy.parse(
                """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules: [{level: Request}]
                """
                    .getBytes(StandardCharsets.UTF_8)),
            List.of(heard),
            InstantSource.system());
    try (RunningApiServer api = new RunningApiServer(auditor);
        ClusterServer admin = grpc(api, auditor, "audit-admin", User.of("admin", User.MASTERS));
        ClusterServer alice = grpc(api, auditor, "audit-alice", User.of("alice", "team-a"))) {
      WriteRequest write =
          WriteRequest.newBuilder()
              .setTarget(secret(""))
              .setObject(
                  Secret.newBuilder()
                      .setMetadata(ObjectMeta.newBuilder().setName("s"))
                      .putStringData("p", CANARY)
                      .build()
                      .toByteString())
              .build();
      BatchOperation create = BatchOperation.newBuilder().setCreate(write).build();
      BatchRequest batch = BatchRequest.newBuilder().addOperations(create).build();
      ManagedChannel allowed = channel("audit-admin");
      ManagedChannel refused = channel("audit-alice");
      try {
        ClusterGrpc.newBlockingStub(allowed).create(write);
        assertOutcome("create", "admin", 200L, "allow");
        ClusterGrpc.newBlockingStub(allowed)
            .get(GetRequest.newBuilder().setTarget(secret("s")).build());
        assertOutcome("get", "admin", 200L, "allow");

        var stub = ClusterGrpc.newBlockingStub(refused);
        assertThatThrownBy(() -> stub.create(write)).isInstanceOf(StatusRuntimeException.class);
        assertOutcome("create", "alice", 403L, "forbid");
        assertThatThrownBy(() -> stub.get(GetRequest.newBuilder().setTarget(secret("s")).build()))
            .isInstanceOf(StatusRuntimeException.class);
        assertOutcome("get", "alice", 403L, "forbid");
        assertThat(stub.batch(batch).getResults(0).hasFailure()).isTrue();
        assertOutcome("create", "alice", 403L, "forbid");
        assertThatThrownBy(() -> stub.transact(batch)).isInstanceOf(StatusRuntimeException.class);
        assertOutcome("create", "alice", 403L, null);
        assertThat(Trees.at(heard.next(), "objectRef", "resource")).isEqualTo("transactions");
      } finally {
        allowed.shutdownNow();
        refused.shutdownNow();
      }
    }
  }

  private void assertOutcome(String verb, String user, long code, @Nullable String decision)
      throws InterruptedException {
    Map<String, @Nullable Object> event = heard.next();
    assertThat(event).containsEntry("verb", verb).doesNotContainKey("requestObject");
    assertThat(Trees.at(event, "user", "username")).isEqualTo(user);
    assertThat(Trees.at(event, "objectRef", "resource")).isEqualTo("secrets");
    assertThat(Trees.at(event, "responseStatus", "code")).isEqualTo(code);
    assertThat(Trees.at(event, "annotations", "authorization.k8s.io/decision")).isEqualTo(decision);
    assertThat(event.toString()).doesNotContain(CANARY);
  }

  private static ClusterServer grpc(RunningApiServer api, Auditor auditor, String name, User user) {
    ClusterServer server =
        ClusterServer.inProcess(
            name,
            user,
            new ClusterService(api.server.registry(), api.server.authorizer(), auditor, "v1.36.2"));
    server.start();
    return server;
  }

  private static ManagedChannel channel(String name) {
    return InProcessChannelBuilder.forName(name).build();
  }

  private static ResourceName secret(String name) {
    return ResourceName.newBuilder()
        .setVersion("v1")
        .setResource("secrets")
        .setNamespace("default")
        .setName(name)
        .build();
  }

  private static String base64(String text) {
    return java.util.Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
