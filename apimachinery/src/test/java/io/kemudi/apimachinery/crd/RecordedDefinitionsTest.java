package io.kemudi.apimachinery.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.kinds.Kind;
import io.kemudi.apimachinery.kinds.Kinds;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Definitions, and objects of one of them, that a real Kubernetes 1.36.2 accepted or refused.
class RecordedDefinitionsTest {
  record Case(String name, Map<String, ?> body, long status, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static CustomSchema cels() {
    Case definition =
        cases("CustomResourceDefinition")
            .filter(each -> each.name.startsWith("cel/") && each.status == 201)
            .findFirst()
            .orElseThrow();
    Object schema = Trees.at(definition.body, "spec", "versions");
    Object first = ((List<?>) Objects.requireNonNull(schema)).getFirst();
    return new CustomSchema(
        StructuralSchema.of(Trees.object(Trees.at(first, "schema", "openAPIV3Schema"), "schema")));
  }

  private static final CustomSchema CELS = cels();

  static Stream<Case> definitions() {
    return cases("CustomResourceDefinition");
  }

  static Stream<Case> objects() {
    return cases("Cel");
  }

  private static Stream<Case> cases(String kind) {
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        RecordedDefinitionsTest.class.getResourceAsStream("definitions.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      return in
          .lines()
          .map(line -> Json.parseObject(line.getBytes(StandardCharsets.UTF_8)))
          .filter(each -> kind.equals(each.get("kind")))
          .map(each ->
              new Case(
                  Trees.string(each, "name"),
                  Trees.object(each.get("body"), "body"),
                  (Long) Objects.requireNonNull(each.get("status")),
                  Trees.string(each, "message")))
          .toList()
          .stream();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void judgesDefinitions(Case recorded) throws Exception {
    Kind kind = Kinds.find("apiextensions.k8s.io", "CustomResourceDefinition").orElseThrow();
    var tree = Trees.copyObject(Trees.object(recorded.body, "body"));
    kind.applyDefaults(tree);
    kind.prepareForCreate(tree);
    byte[] bytes =
        ProtobufCodec.encode(Schema.message("apiextensions.v1.CustomResourceDefinition"), tree);
    Message message = kind.parser().parseFrom(bytes);
    check(
        recorded,
        kind.invalid(kind.metadata(message).getName(), kind.validate(message)),
        kind.validate(message));
  }

  @ParameterizedTest
  @MethodSource("objects")
  void judgesObjects(Case recorded) {
    FieldErrors errors = new FieldErrors();
    var tree = Trees.copyObject(Trees.object(recorded.body, "body"));
    CELS.applyDefaults(tree);
    CELS.validate(tree, null, errors);
    check(recorded, FieldError.toStatus("g.dev", "Cel", "c", errors.list()), errors.list());
  }

  private static void check(Case recorded, ApiException refusal, List<FieldError> errors) {
    if (recorded.status == 201) {
      assertThat(errors).isEmpty();
    } else {
      assertThat(refusal.getMessage()).isEqualTo(recorded.message);
    }
  }
}
