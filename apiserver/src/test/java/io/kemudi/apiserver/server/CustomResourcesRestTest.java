package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Custom resources over REST: routes and forms of answers.
@Timeout(60)
class CustomResourcesRestTest {
  private static final String VERSION =
      """
      - name: v1
        served: true
        storage: true
        additionalPrinterColumns:
        - {name: Size, type: integer, jsonPath: .spec.size}
        - {name: More, type: string, jsonPath: .spec.more, priority: 1}
        schema:
          openAPIV3Schema: {type: object, properties: {spec: {type: object,
            properties: {size: {type: integer}, more: {type: string}}}}}
      """;
  private static final String BASE = "/apis/rest.example.dev/v1/";

  @SuppressWarnings("NullAway.Init")
  private static RunningApiServer api;

  @BeforeAll
  static void start() throws Exception {
    api = new RunningApiServer();
    CustomDefinitions.create(
        api, CustomDefinitions.of("rest.example.dev", "Global", "Cluster", VERSION));
    CustomDefinitions.create(
        api, CustomDefinitions.of("rest.example.dev", "Local", "Namespaced", VERSION));
    api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"ns\"}}");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  /// LESSONS row 8, CVE-2019-11247: a right in a namespace must not reach what has none.
  @Test
  void scopeIsPartOfRouting() throws Exception {
    assertThat(api.post(BASE + "globals", object("Global", "g")).statusCode()).isEqualTo(201);
    grantInNamespace();
    for (String path : new String[] {"namespaces/ns/globals", "namespaces/ns/globals/g"}) {
      assertThat(api.get(BASE + path).statusCode()).as(path).isEqualTo(404);
      assertThat(alice("GET", BASE + path)).as(path).isEqualTo(404);
      assertThat(alice("DELETE", BASE + path)).as(path).isNotEqualTo(200);
    }
    assertThat(alice("GET", BASE + "globals/g")).isEqualTo(403);
    assertThat(alice("GET", BASE + "namespaces/ns/locals")).isEqualTo(200);
    assertThat(alice("GET", BASE + "locals")).isEqualTo(403);
    assertThat(api.get(BASE + "locals/x").statusCode()).isEqualTo(404);
    assertThat(api.get(BASE + "globals/g").statusCode()).isEqualTo(200);
  }

  private static void grantInNamespace() throws Exception {
    String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/";
    api.post(
        rbac + "roles",
        "{\"metadata\":{\"name\":\"all\"},\"rules\":[{\"apiGroups\":[\"*\"],\"resources\":[\"*\"],"
            + "\"verbs\":[\"*\"]}]}");
    api.post(
        rbac + "rolebindings",
        "{\"metadata\":{\"name\":\"all\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\","
            + "\"kind\":\"Role\",\"name\":\"all\"},\"subjects\":[{\"kind\":\"User\",\"apiGroup\":"
            + "\"rbac.authorization.k8s.io\",\"name\":\"alice\"}]}");
    CustomDefinitions.await(() -> alice("GET", BASE + "namespaces/ns/locals") == 200);
  }

  private static int alice(String method, String path) throws Exception {
    return api.send(RunningApiServer.ALICE_TOKEN, method, path, null).statusCode();
  }

  @Test
  void answersWithTablesAndPartialObjects() throws Exception {
    String locals = BASE + "namespaces/ns/locals";
    api.post(locals, object("Local", "t"));
    String table = api.get(locals, "Accept", "application/json;as=Table;g=meta.k8s.io;v=v1").body();
    assertThat(table)
        .contains("\"name\":\"Size\",\"type\":\"integer\"", "\"cells\":[\"t\",7,\"m\"]");
    String partial =
        api.get(
                locals + "/t",
                "Accept",
                "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
            .body();
    assertThat(partial)
        .startsWith("{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\"")
        .contains("\"name\":\"t\"")
        .doesNotContain("\"size\"");
    assertThat(api.get(locals, "Accept", "application/vnd.kubernetes.protobuf").statusCode())
        .isEqualTo(406);
    assertThat(api.get(locals + "/t", "Accept", "application/yaml").body())
        .contains("kind: Local\n", "  size: 7\n");
  }

  private static String object(String kind, String name) {
    return """
    {"apiVersion":"rest.example.dev/v1","kind":"%s","metadata":{"name":"%s"},
     "spec":{"size":7,"more":"m"}}
    """
        .formatted(kind, name);
  }
}
