package io.kemudi.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apiserver.registry.ResourceTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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
      assertThat(DOCUMENTS.find(path.toString())).isNotNull();
    }
  }

  private static Map<String, Map<?, ?>> allSchemas() {
    Map<String, Map<?, ?>> all = new LinkedHashMap<>();
    Map<?, ?> paths =
        (Map<?, ?>) Objects.requireNonNull(Json.parseObject(DOCUMENTS.index()).get("paths"));
    for (Object path : paths.keySet()) {
      byte[] bytes = Objects.requireNonNull(DOCUMENTS.find(path.toString())).bytes();
      Map<?, ?> components =
          (Map<?, ?>) Objects.requireNonNull(Json.parseObject(bytes).get("components"));
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
    return list instanceof List<?> values
        ? values.stream().map(String::valueOf).sorted().toList().toString()
        : "[]";
  }

  private static List<Map<String, @Nullable Object>> recorded() throws IOException {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    try (InputStream packed = OpenApiDocumentsTest.class.getResourceAsStream("recorded.jsonl.gz");
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
