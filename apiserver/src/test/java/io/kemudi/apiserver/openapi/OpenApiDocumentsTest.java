package io.kemudi.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apiserver.registry.ResourceTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenApiDocumentsTest {
  private static final OpenApiDocuments DOCUMENTS = new OpenApiDocuments(ResourceTable.builtIn());

  /// What readers of the schemas act on. (`enum` and `default` are told where the table has them.)
  private static final List<String> KEYS =
      List.of(
          "type",
          "format",
          "x-kubernetes-list-type",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-map-type",
          "x-kubernetes-patch-strategy",
          "x-kubernetes-patch-merge-key",
          "x-kubernetes-unions",
          "ref",
          "items",
          "additionalProperties");

  @Test
  void describesEveryFieldAsUpstreamDoes() throws IOException {
    Map<String, Map<?, ?>> ours = allSchemas();
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (Map<String, @Nullable Object> recorded : recorded()) {
      Map<?, ?> schema = ours.get(String.valueOf(recorded.get("type")));
      if (schema == null || !recorded.containsKey("field")) {
        continue;
      }
      compared++;
      Object properties = schema.get("properties");
      Object field = properties instanceof Map<?, ?> map ? map.get(recorded.get("field")) : null;
      String expected = essence(recorded.get("schema"));
      String actual = field == null ? "absent" : essence(field);
      if (!expected.equals(actual)) {
        differences.add(
            recorded.get("type")
                + " "
                + recorded.get("field")
                + ": "
                + expected
                + " was "
                + actual);
      }
    }
    assertThat(compared).isGreaterThan(2000);
    assertThat(differences).isEmpty();
  }

  @Test
  void namesTheRequiredFieldsAndKinds() throws IOException {
    Map<String, Map<?, ?>> ours = allSchemas();
    List<String> differences = new ArrayList<>();
    for (Map<String, @Nullable Object> recorded : recorded()) {
      Map<?, ?> schema = ours.get(String.valueOf(recorded.get("type")));
      if (schema == null || recorded.containsKey("field")) {
        continue;
      }
      Map<?, ?> expected = recorded.get("schema") instanceof Map<?, ?> map ? map : Map.of();
      String wanted = sorted(expected.get("required"));
      String is = sorted(schema.get("required"));
      if (!wanted.equals(is)) {
        differences.add(recorded.get("type") + " requires " + wanted + " was " + is);
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void hasADocumentForEveryGroupVersionInItsIndex() {
    Map<?, ?> paths =
        (Map<?, ?>) Objects.requireNonNull(Json.parseObject(DOCUMENTS.index()).get("paths"));

    assertThat(paths.keySet().toString()).contains("api/v1", "apis/apps/v1");
    for (Object path : paths.keySet()) {
      assertThat(DOCUMENTS.has(path.toString())).isTrue();
    }
  }

  @Test
  void tellsTheUnionsOfTypes() throws IOException {
    Map<String, Map<?, ?>> ours = allSchemas();
    int compared = 0;
    for (Map<String, @Nullable Object> recorded : recorded()) {
      Object unions =
          recorded.get("schema") instanceof Map<?, ?> schema
              ? schema.get("x-kubernetes-unions")
              : null;
      Map<?, ?> schema = ours.get(String.valueOf(recorded.get("type")));
      if (unions != null && schema != null) {
        compared++;
        assertThat(schema.get("x-kubernetes-unions")).isEqualTo(unions);
      }
    }
    assertThat(compared).isGreaterThan(4);
  }

  @Test
  void hasThePathsAndOperationsOfUpstream() throws IOException {
    Set<String> expected = new TreeSet<>();
    for (Map<String, @Nullable Object> line : lines("paths.jsonl.gz")) {
      expected.add(
          "%s %s %s %s %s %s %s %s"
              .formatted(
                  line.get("path"),
                  line.get("method"),
                  line.get("operationId"),
                  line.get("action"),
                  sorted(line.get("gvk")),
                  sorted(line.get("query")),
                  sorted(line.get("request")),
                  new TreeMap<>((Map<?, ?>) Objects.requireNonNull(line.get("responses")))));
    }
    Set<String> ours = new TreeSet<>();
    for (Object document : documents().keySet()) {
      ((Map<?, ?>) Objects.requireNonNull(json(document).get("paths")))
          .forEach((path, item) ->
              ((Map<?, ?>) item)
                  .forEach((method, operation) -> {
                    if (operation instanceof Map<?, ?> map) {
                      ours.add(essence(path.toString(), method.toString(), map));
                    }
                  }));
    }

    assertThat(ours).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String essence(String path, String method, Map<?, ?> operation) {
    Map<String, Object> responses = new TreeMap<>();
    ((Map<?, ?>) Objects.requireNonNull(operation.get("responses")))
        .forEach((code, response) ->
            responses.put(
                code.toString(),
                ((Map<?, ?>) response).get("content") instanceof Map<?, ?> content
                    ? content.keySet().stream().map(String::valueOf).sorted().toList()
                    : List.of()));
    Object body = operation.get("requestBody");
    return "%s %s %s %s %s %s %s %s"
        .formatted(
            path,
            method.toUpperCase(Locale.ROOT),
            operation.get("operationId"),
            operation.get("x-kubernetes-action"),
            sorted(operation.get("x-kubernetes-group-version-kind")),
            operation.get("parameters") instanceof List<?> parameters
                ? parameters.stream()
                    .map(each -> String.valueOf(((Map<?, ?>) each).get("name")))
                    .sorted()
                    .toList()
                : List.of(),
            body instanceof Map<?, ?> map && map.get("content") instanceof Map<?, ?> content
                ? content.keySet().stream().map(String::valueOf).sorted().toList()
                : List.of(),
            responses);
  }

  @Test
  void writesVersion2AsJsonAndAsGnosticsMessages() throws IOException {
    Map<String, @Nullable Object> json =
        Json.parseObject(DOCUMENTS.version2(OpenApiDocuments.Form.JSON).content().bytes());
    UnknownFieldSet proto =
        UnknownFieldSet.parseFrom(
            DOCUMENTS.version2(OpenApiDocuments.Form.PROTOBUF).content().bytes());

    Map<?, ?> definitions = (Map<?, ?>) Objects.requireNonNull(json.get("definitions"));
    Map<?, ?> paths = (Map<?, ?>) Objects.requireNonNull(json.get("paths"));
    assertThat(json.get("swagger")).isEqualTo("2.0");
    assertThat(essence(definitions.get("io.k8s.apimachinery.pkg.api.resource.Quantity")))
        .isEqualTo("{type=string}");
    assertThat(names(sub(proto, 9), 1)).isEqualTo(definitions.keySet());
    assertThat(names(sub(proto, 8), 2)).isEqualTo(paths.keySet());
  }

  @Test
  void writesVersion3AsGnosticsMessages() throws IOException {
    Map<?, ?> components =
        (Map<?, ?>) Objects.requireNonNull(json("apis/apps/v1").get("components"));
    Map<?, ?> schemas = (Map<?, ?>) Objects.requireNonNull(components.get("schemas"));
    UnknownFieldSet proto =
        UnknownFieldSet.parseFrom(
            DOCUMENTS.document("apis/apps/v1", OpenApiDocuments.Form.PROTOBUF).content().bytes());

    assertThat(names(sub(sub(proto, 5), 1), 1)).isEqualTo(schemas.keySet());
    assertThat(names(sub(proto, 4), 1)).contains("/apis/apps/v1/watch/deployments");
  }

  private static UnknownFieldSet sub(UnknownFieldSet of, int number) throws IOException {
    return UnknownFieldSet.parseFrom(of.getField(number).getLengthDelimitedList().getFirst());
  }

  private static Set<String> names(UnknownFieldSet map, int number) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (ByteString entry : map.getField(number).getLengthDelimitedList()) {
      names.add(
          UnknownFieldSet.parseFrom(entry)
              .getField(1)
              .getLengthDelimitedList()
              .getFirst()
              .toStringUtf8());
    }
    return names;
  }

  private static Map<?, ?> documents() {
    return (Map<?, ?>) Objects.requireNonNull(Json.parseObject(DOCUMENTS.index()).get("paths"));
  }

  private static Map<String, @Nullable Object> json(Object path) {
    return Json.parseObject(
        DOCUMENTS.document(path.toString(), OpenApiDocuments.Form.JSON).content().bytes());
  }

  private static Map<String, Map<?, ?>> allSchemas() {
    Map<String, Map<?, ?>> all = new LinkedHashMap<>();
    Map<?, ?> paths =
        (Map<?, ?>) Objects.requireNonNull(Json.parseObject(DOCUMENTS.index()).get("paths"));
    for (Object path : paths.keySet()) {
      Map<?, ?> components = (Map<?, ?>) Objects.requireNonNull(json(path).get("components"));
      Map<?, ?> schemas = (Map<?, ?>) Objects.requireNonNull(components.get("schemas"));
      schemas.forEach((name, schema) -> all.putIfAbsent(name.toString(), (Map<?, ?>) schema));
    }
    return all;
  }

  /// A schema without what this test does not look at, with references in the recording's form.
  private static String essence(@Nullable Object schema) {
    Map<String, @Nullable Object> kept = new TreeMap<>();
    if (schema instanceof Map<?, ?> map) {
      map.forEach((key, value) -> {
        String name = key.toString();
        if (name.equals("$ref")) {
          kept.put("ref", value.toString().substring("#/components/schemas/".length()));
        } else if (name.equals("allOf")) {
          Map<?, ?> only = (Map<?, ?>) ((List<?>) value).getFirst();
          kept.put(
              "ref", String.valueOf(only.get("$ref")).substring("#/components/schemas/".length()));
        } else if (name.equals("items") || name.equals("additionalProperties")) {
          kept.put(name, essence(value));
        } else if (KEYS.contains(name) && !value.equals("replace")) {
          // to replace is what patches do anyway; one field in all of upstream says so
          kept.put(name, value.toString());
        }
      });
    }
    return kept.toString();
  }

  private static String sorted(@Nullable Object list) {
    if (list instanceof Map<?, ?> map) {
      return new TreeMap<>(map).toString();
    }
    return list instanceof List<?> values
        ? values.stream().map(String::valueOf).sorted().toList().toString()
        : "[]";
  }

  private static List<Map<String, @Nullable Object>> recorded() throws IOException {
    return lines("recorded.jsonl.gz");
  }

  private static List<Map<String, @Nullable Object>> lines(String file) throws IOException {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    try (InputStream packed = OpenApiDocumentsTest.class.getResourceAsStream(file);
        InputStream in = new GZIPInputStream(Objects.requireNonNull(packed))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.split("\n", -1)) {
        if (!line.isEmpty()) {
          all.add(Json.parseObject(line.getBytes(StandardCharsets.UTF_8)));
        }
      }
    }
    return all;
  }
}
