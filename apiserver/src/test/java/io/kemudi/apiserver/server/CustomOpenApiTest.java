package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Custom kinds in the OpenAPI documents, in the form of crds.jsonl establish/watch-conditions#7.
@Timeout(60)
class CustomOpenApiTest {
  private static final String WIDGETS = "apis/open.example.dev/v1";
  private static final String SCHEMA =
      """
      {type: object, required: [spec], properties: {
        metadata: {type: object, properties: {name: {type: string, maxLength: 20}}},
        spec: {type: object, required: [maybe, port], description: What is wanted., properties: {
          maybe: {type: string, nullable: true},
          port: {x-kubernetes-int-or-string: true},
          loose: {type: object, x-kubernetes-preserve-unknown-fields: true,
            properties: {known: {type: string}}},
          template: {type: object, x-kubernetes-embedded-resource: true,
            properties: {spec: {type: object, properties: {a: {type: integer, minimum: 1}}}}},
          either: {type: string, oneOf: [{pattern: a}, {pattern: b}], default: a},
          items: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [id],
            items: {type: object, required: [id], properties: {id: {type: string}}}}}},
        status: {type: object, properties: {replicas: {type: integer, format: int32}}}}}
      """;

  @SuppressWarnings("NullAway.Init")
  private static RunningApiServer api;

  @BeforeAll
  static void start() throws Exception {
    api = new RunningApiServer();
    CustomDefinitions.create(api, CustomDefinitions.of("open.example.dev", "Widget", SCHEMA));
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void showsAKindAsItsDefinitionHasIt() throws Exception {
    Map<String, @Nullable Object> document = json("/openapi/v3/" + WIDGETS);
    Object schemas = Trees.at(document, "components", "schemas");
    Object widget = Trees.at(schemas, "dev.example.open.v1.Widget");

    assertThat(String.valueOf(document)).doesNotContain("CustomObject");
    assertThat(text(Trees.at(widget, "x-kubernetes-group-version-kind")))
        .isEqualTo("[{\"group\":\"open.example.dev\",\"kind\":\"Widget\",\"version\":\"v1\"}]");
    assertThat(text(Trees.at(widget, "properties", "metadata", "allOf")))
        .isEqualTo(
            "[{\"$ref\":\"#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta\"}]");
    assertThat(Trees.at(widget, "properties", "apiVersion", "type")).isEqualTo("string");
    Object spec = Trees.at(widget, "properties", "spec", "properties");
    assertThat(Trees.at(spec, "maybe", "nullable")).isEqualTo(true);
    assertThat(text(Trees.at(spec, "port", "anyOf")))
        .isEqualTo("[{\"type\":\"integer\"},{\"type\":\"string\"}]");
    assertThat(Trees.at(spec, "either", "default")).isEqualTo("a");
    assertThat(Trees.at(spec, "template", "properties", "metadata")).isNotNull();
    assertThat(text(Trees.at(spec, "items", "x-kubernetes-list-map-keys"))).isEqualTo("[\"id\"]");
    Object list = Trees.at(schemas, "dev.example.open.v1.WidgetList");
    assertThat(Trees.at(list, "properties", "items", "items", "$ref"))
        .isEqualTo("#/components/schemas/dev.example.open.v1.Widget");
    assertThat(Objects.requireNonNull(Trees.objectOrNull(schemas)))
        .containsKeys(
            "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
            "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta",
            "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
            "io.k8s.apimachinery.pkg.apis.meta.v1.Patch",
            "io.k8s.apimachinery.pkg.apis.meta.v1.Status",
            "io.k8s.api.autoscaling.v1.Scale");
    assertEveryReferenceIsThere(
        text(document), Objects.requireNonNull(Trees.objectOrNull(schemas)));
  }

  private static void assertEveryReferenceIsThere(String document, Map<?, ?> schemas) {
    var references =
        java.util.regex.Pattern.compile("\"#/components/schemas/([^\"]+)\"").matcher(document);
    int seen = 0;
    while (references.find()) {
      seen++;
      assertThat(schemas.keySet().toString()).contains(references.group(1));
    }
    assertThat(seen).isGreaterThan(20);
  }

  @Test
  void namesTheOperationsAsUpstreamDoes() throws Exception {
    Map<String, @Nullable Object> document = json("/openapi/v3/" + WIDGETS);
    String named = "/" + WIDGETS + "/namespaces/{namespace}/widgets/{name}";
    assertThat(Trees.at(document, "paths", named, "put", "operationId"))
        .isEqualTo("replaceOpenExampleDevV1NamespacedWidget");
    assertThat(Trees.at(document, "paths", named + "/scale", "get", "operationId"))
        .isEqualTo("readOpenExampleDevV1NamespacedWidgetScale");
    assertThat(Objects.requireNonNull(Trees.objectOrNull(Trees.at(document, "paths"))).keySet())
        .containsExactly(
            "/" + WIDGETS + "/namespaces/{namespace}/widgets",
            named,
            named + "/scale",
            named + "/status",
            "/" + WIDGETS + "/widgets");
    Object patch = Trees.at(document, "paths", named, "patch", "requestBody", "content");
    assertThat(Objects.requireNonNull(Trees.objectOrNull(patch)).keySet())
        .containsExactly(
            "application/apply-patch+yaml",
            "application/json-patch+json",
            "application/merge-patch+json");
  }

  @Test
  void dropsWhatVersion2CannotSay() throws Exception {
    Map<String, @Nullable Object> document = json("/openapi/v2");
    Object widget = Trees.at(document, "definitions", "dev.example.open.v1.Widget");
    Object spec = Trees.at(widget, "properties", "spec", "properties");

    assertThat(String.valueOf(document)).doesNotContain("CustomObject");
    assertThat(text(Trees.at(spec, "maybe"))).isEqualTo("{}");
    assertThat(text(Trees.at(spec, "port"))).isEqualTo("{\"x-kubernetes-int-or-string\":true}");
    assertThat(text(Trees.at(spec, "loose")))
        .isEqualTo("{\"x-kubernetes-preserve-unknown-fields\":true}");
    assertThat(Trees.at(spec, "either", "oneOf")).isNull();
    assertThat(text(Trees.at(widget, "properties", "spec", "required"))).isEqualTo("[\"port\"]");
    assertThat(Trees.at(widget, "properties", "metadata", "$ref"))
        .isEqualTo("#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  }

  @Test
  void changesTheHashOfTheChangedGroupAlone() throws Exception {
    CustomDefinitions.create(
        api,
        CustomDefinitions.of(
            "hash.example.dev",
            "Gadget",
            "{type: object, properties: {spec: {type: object, properties: {a: {type: string}}}}}"));
    String path = "apis/hash.example.dev/v1";
    String before = url(path);
    String other = url(WIDGETS);
    String apps = url("apis/apps/v1");
    assertThat(json(before).toString()).contains("dev.example.hash.v1.Gadget");

    CustomDefinitions.merge(
        api,
        "gadgets.hash.example.dev",
        CustomDefinitions.of(
            "hash.example.dev",
            "Gadget",
            "{type: object, properties: {spec: {type: object, properties: {b: {type: string}}}}}"));
    CustomDefinitions.await(() -> !url(path).equals(before));

    assertThat(url(WIDGETS)).isEqualTo(other);
    assertThat(url("apis/apps/v1")).isEqualTo(apps);
    Object properties =
        Trees.at(
            json(url(path)),
            "components",
            "schemas",
            "dev.example.hash.v1.Gadget",
            "properties",
            "spec",
            "properties");
    assertThat(text(properties)).isEqualTo("{\"b\":{\"type\":\"string\"}}");

    api.send(
        RunningApiServer.ADMIN_TOKEN,
        "DELETE",
        CustomDefinitions.PATH + "/gadgets.hash.example.dev",
        null);
    CustomDefinitions.await(() -> api.get("/openapi/v3/" + path).statusCode() == 404);
    assertThat(text(json("/openapi/v3"))).doesNotContain("hash.example.dev");
  }

  @Test
  void speaksGnosticsMessages() throws Exception {
    for (String version : new String[] {"v3/" + WIDGETS, "v2"}) {
      String type = "application/com.github.proto-openapi.spec." + version.substring(0, 2);
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create("https://127.0.0.1:" + api.server.port() + "/openapi/" + version))
              .header("Authorization", "Bearer " + RunningApiServer.ADMIN_TOKEN)
              .header("Accept", type + "@v1.0+protobuf")
              .build();
      byte[] bytes = api.client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
      assertThat(UnknownFieldSet.parseFrom(bytes).asMap()).isNotEmpty();
      assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
          .contains("dev.example.open.v1.Widget", "x-kubernetes-list-map-keys")
          .doesNotContain("CustomObject");
    }
  }

  private static String url(String path) throws Exception {
    return String.valueOf(Trees.at(json("/openapi/v3"), "paths", path, "serverRelativeURL"));
  }

  private static Map<String, @Nullable Object> json(String path) throws Exception {
    var answer = api.get(path);
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return Json.parseObject(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  private static String text(@Nullable Object tree) {
    return new String(Json.write(tree), StandardCharsets.UTF_8);
  }
}
