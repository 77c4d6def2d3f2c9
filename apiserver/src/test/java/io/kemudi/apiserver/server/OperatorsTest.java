package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the definitions of a certificate manager, a monitoring stack and a GitOps engine use works
/// together.
@Timeout(60)
class OperatorsTest {
  @SuppressWarnings("NullAway.Init")
  private static RunningApiServer api;

  @BeforeAll
  static void start() throws Exception {
    api = new RunningApiServer();
    try (InputStream in = OperatorsTest.class.getResourceAsStream("operators.yaml")) {
      String all = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (String definition : all.split("\n---\n", -1)) {
        CustomDefinitions.create(api, definition);
      }
    }
    api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"ops\"}}");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void aCertificateIsReportedReady() throws Exception {
    String certs = "/apis/pki.example.dev/v1/namespaces/ops/certs";
    String cert =
        "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"secretName\":\"web-tls\",\"dnsNames\":[\"a.b\"],"
            + "\"issuerRef\":{\"name\":\"ca\"},\"privateKey\":{\"algorithm\":\"ECDSA\"}}}";
    assertThat(api.post(certs, cert).statusCode()).isEqualTo(201);
    assertThat(api.post(certs, cert.replace("ECDSA", "DSA").replace("\"web\"", "\"w2\"")).body())
        .contains("Unsupported value: \\\"DSA\\\"");
    var ready =
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "PATCH",
            certs + "/web/status",
            "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}",
            "Content-Type",
            "application/merge-patch+json");
    assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
    assertThat(api.get(certs, "Accept", "application/json;as=Table;g=meta.k8s.io;v=v1").body())
        .contains("\"cells\":[\"web\",\"True\",\"web-tls\",");
    assertThat(api.get(certs + "?fieldSelector=spec.issuerRef.name%3Dca").body())
        .contains("\"name\":\"web\"");
    assertThat(api.get(certs + "?fieldSelector=spec.issuerRef.name%3Dother").body())
        .doesNotContain("\"name\":\"web\"");
  }

  @Test
  void aCollectorIsScaledAndDefaulted() throws Exception {
    String collectors = "/apis/watch.example.dev/v1/namespaces/ops/collectors";
    var made =
        api.post(
            collectors,
            """
            {"metadata":{"name":"k8s"},"spec":{"shards":1,
             "resources":{"limits":{"cpu":2,"memory":"1Gi"}},
             "containers":[{"name":"c","ports":[{"containerPort":90}]}],
             "storage":{"volumeClaimTemplate":{"apiVersion":"v1","kind":"PersistentVolumeClaim",
               "spec":{"any":["thing"]}}}}}
            """);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(made.body())
        .contains("\"protocol\":\"TCP\"", "\"retention\":\"24h\"", "\"any\":[\"thing\"]");
    var scaled =
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "PATCH",
            collectors + "/k8s/scale",
            "{\"spec\":{\"replicas\":3}}",
            "Content-Type",
            "application/merge-patch+json");
    assertThat(scaled.statusCode()).as(scaled.body()).isEqualTo(200);
    assertThat(api.get(collectors + "/k8s").body()).contains("\"shards\":3");
    assertThat(
            api.post(
                    collectors,
                    "{\"metadata\":{\"name\":\"bad\"},\"spec\":{\"resources\":{\"limits\":{\"cpu\":\"x\"}}}}")
                .statusCode())
        .isEqualTo(422);
  }

  @Test
  void aRolloutKeepsItsRepository() throws Exception {
    String rollouts = "/apis/gitops.example.dev/v1/namespaces/ops/rollouts";
    String made =
        api.post(
                rollouts,
                "{\"metadata\":{\"name\":\"r\"},\"spec\":{\"source\":{\"repoURL\":\"u\",\"path\":\"p\","
                    + "\"values\":{\"free\":{\"form\":1}}}}}")
            .body();
    assertThat(made).contains("\"free\":{\"form\":1}");
    var moved =
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "PATCH",
            rollouts + "/r",
            "{\"spec\":{\"source\":{\"repoURL\":\"other\"}}}",
            "Content-Type",
            "application/merge-patch+json");
    assertThat(moved.statusCode()).isEqualTo(422);
    assertThat(moved.body()).contains("the repository is fixed");
    var old = api.get("/apis/gitops.example.dev/v1beta1/namespaces/ops/rollouts/r");
    assertThat(old.headers().firstValue("warning").orElse(""))
        .contains("gitops.example.dev/v1beta1 goes, use v1");
    assertThat(old.body()).contains("\"apiVersion\":\"gitops.example.dev/v1beta1\"");
  }
}
