package io.kemudi.apimachinery.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.apply.FieldWriter;
import io.kemudi.apimachinery.apply.ManagedFields;
import io.kemudi.apimachinery.apply.ServerSideApply;
import io.kemudi.apimachinery.apply.Topology;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.FieldValidation;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.JsonTranscoder;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.RecordedObjects;
import io.kemudi.apimachinery.codec.Timestamps;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.patch.JsonPatch;
import io.kemudi.apimachinery.patch.MergePatch;
import io.kemudi.apimachinery.patch.RecordedPatches;
import io.kemudi.apimachinery.patch.StrategicMergePatch;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.quantity.QuantityFormatException;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.selector.FieldSelector;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.apimachinery.selector.SelectorException;
import io.kemudi.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every reader of this module on mutations of what was recorded.
@Timeout(120)
class DecoderFuzzTest {
  private static final List<Map<String, @Nullable Object>> OBJECTS =
      RecordedObjects.all().stream()
          .filter(row -> row.has("request"))
          .map(row -> row.tree("request"))
          .toList();
  private static final FieldWriter WRITER =
      new FieldWriter("fuzz", "v1", "", Instant.parse("2026-01-01T00:00:00Z"));

  @Test
  void json() {
    new Fuzz(DecoderFuzzTest.class, "json", CodecException.class)
        .run(
            OBJECTS.stream().map(Json::write).toList(),
            4000,
            text -> {
              byte[] written = Json.write(Json.parse(text));
              assertThat(Json.write(Json.parse(written))).isEqualTo(written);
              Json.indent(written);
            });
  }

  @Test
  void yaml() {
    List<byte[]> texts =
        List.of(
            bytes(
                """
                a: &x [1, 0x1f, 1_000, 0o17, .5, 1e+3, -.inf, yes, ~, 2001-01-01]
                b: {<<: *y, c: "d\\u00e9\\x41", 'e': !!binary aGk=}
                ---
                ? k
                : |-
                  text
                   more
                f: >+
                  folded
                """),
            bytes("a0: &a0 [x,x,x]\na1: &a1 [*a0,*a0,*a0]\na2: [*a1,*a1,*a1]\n"),
            bytes("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {a: b}\n"));
    new Fuzz(DecoderFuzzTest.class, "yaml", CodecException.class)
        .memory(96 << 20, 8192) // what aliases may amount to has a bound of its own
        .run(
            texts,
            4000,
            text -> {
              for (Json.Parsed document : Yaml.parseAll(text)) {
                Json.parse(Json.write(document.value()));
              }
            });
  }

  @Test
  void objectsInJson() {
    new Fuzz(DecoderFuzzTest.class, "objects", CodecException.class)
        .run(
            OBJECTS.stream().map(Json::write).toList(),
            3000,
            text -> {
              Json.Parsed parsed = Json.parseStrict(text);
              Map<String, @Nullable Object> tree = Trees.object(parsed.value(), "JSON text");
              MessageType type = type(tree);
              if (type != null) {
                FieldValidation.problems(type, parsed);
                roundTrip(type, ProtobufCodec.encode(type, tree));
              }
            });
  }

  @Test
  void messages() {
    List<byte[]> inputs =
        OBJECTS.stream()
            .filter(tree -> type(tree) != null)
            .map(tree ->
                Envelope.wrap(
                    Trees.string(tree, "apiVersion"),
                    Trees.string(tree, "kind"),
                    ProtobufCodec.encode(Objects.requireNonNull(type(tree)), tree)))
            .toList();
    new Fuzz(DecoderFuzzTest.class, "messages", CodecException.class)
        .run(
            inputs,
            6000,
            bytes -> {
              Envelope envelope = Envelope.unwrap(bytes);
              MessageType type = Schema.findKind(envelope.apiVersion(), envelope.kind());
              roundTrip(type == null ? Schema.message("core.v1.Pod") : type, envelope.raw());
            });
  }

  /// Both readers of messages show the same, and what was read can be written. Writing loses once
  /// what JSON does not show, such as a zero time, and nothing after that.
  private static void roundTrip(MessageType type, byte[] message) {
    Map<String, @Nullable Object> tree = ProtobufCodec.decode(type, message);
    byte[] json = JsonTranscoder.toJson(type, "v1", "Kind", message);
    Map<String, @Nullable Object> shown = Json.parseObject(json);
    shown.remove("kind");
    shown.remove("apiVersion");
    assertThat(Json.writeSorted(shown)).isEqualTo(Json.writeSorted(withoutKind(tree)));
    byte[] written = ProtobufCodec.encode(type, tree);
    assertThat(ProtobufCodec.encode(type, ProtobufCodec.decode(type, written))).isEqualTo(written);
  }

  private static Map<String, @Nullable Object> withoutKind(Map<String, @Nullable Object> tree) {
    var rest = Trees.copyObject(tree);
    rest.remove("kind");
    rest.remove("apiVersion");
    return rest;
  }

  @Test
  void patches() {
    var live = OBJECTS.stream().filter(tree -> tree.containsKey("spec")).limit(40).toList();
    new Fuzz(DecoderFuzzTest.class, "patches", CodecException.class, ApiException.class)
        .run(
            recordedPatches(),
            4000,
            text -> {
              Object patch = Json.parse(text);
              Map<String, @Nullable Object> tree = live.get(text.length % live.size());
              byte[] before = Json.write(tree);
              refusable(() -> JsonPatch.problems(patch));
              refusable(() -> Json.write(JsonPatch.apply(Trees.copyObject(tree), patch)));
              refusable(() -> Json.write(MergePatch.apply(Trees.copyObject(tree), patch)));
              MessageType type = type(tree);
              if (type != null) {
                Json.write(StrategicMergePatch.apply(type, Trees.copyObject(tree), patch));
              }
              assertThat(Json.write(tree)).isEqualTo(before);
            });
  }

  @Test
  void applies() {
    List<Map<String, @Nullable Object>> stored =
        RecordedPatches.all().stream()
            .flatMap(scenario -> scenario.exchanges().stream())
            .filter(exchange -> exchange.status() < 300)
            .map(RecordedPatches.Exchange::response)
            .filter(tree -> tree != null && type(tree) != null)
            .map(Objects::requireNonNull)
            .toList();
    new Fuzz(DecoderFuzzTest.class, "applies", CodecException.class, ApiException.class)
        .run(
            stored.stream().map(Json::write).toList(),
            3000,
            text -> {
              Map<String, @Nullable Object> tree = Json.parseObject(text);
              Map<String, @Nullable Object> live = stored.get(text.length % stored.size());
              MessageType type = Objects.requireNonNull(type(live));
              Map<String, @Nullable Object> applied = Trees.copyObject(tree);
              Trees.child(applied, "metadata").remove("managedFields");
              refusable(
                  () -> ServerSideApply.apply(Topology.of(type), live, applied, WRITER, false));
              refusable(
                  () -> ServerSideApply.apply(Topology.of(type), null, applied, WRITER, true));
              // managedFields as a client sends them
              Map<String, @Nullable Object> now = Trees.copyObject(live);
              Trees.child(now, "metadata")
                  .put("managedFields", Trees.at(tree, "metadata", "managedFields"));
              ManagedFields.afterWrite(Topology.of(type), live, now, WRITER);
            });
  }

  @Test
  void selectors() {
    List<byte[]> texts =
        List.of(
            bytes("a=b,c!=d,e in (f,g),h notin (i),!j,k,l>3,m<4,example.com/n==o"),
            bytes("metadata.name=a,status.phase!=Running,spec.x=a\\,b\\=c\\\\"));
    new Fuzz(DecoderFuzzTest.class, "selectors", SelectorException.class, ApiException.class)
        .run(
            texts,
            6000,
            text -> {
              String selector = new String(text, StandardCharsets.UTF_8);
              try {
                LabelSelector labels = LabelSelector.parse(selector);
                assertThat(LabelSelector.parse(labels.toString()).toString())
                    .isEqualTo(labels.toString());
              } catch (SelectorException e) {
                // it is a field selector, or none
              }
              FieldSelector fields = FieldSelector.parse(selector);
              assertThat(FieldSelector.parse(fields.toString()).terms())
                  .containsExactlyInAnyOrderElementsOf(fields.terms());
            });
  }

  @Test
  void quantities() {
    List<byte[]> texts =
        List.of(bytes("100m"), bytes("1.5Gi"), bytes("-12e6"), bytes("0.000000001"), bytes("8Ei"));
    new Fuzz(DecoderFuzzTest.class, "quantities", QuantityFormatException.class)
        .run(
            texts,
            8000,
            text -> {
              String canonical = Quantity.canonical(new String(text, StandardCharsets.UTF_8));
              assertThat(Quantity.canonical(canonical)).isEqualTo(canonical);
              Quantity.parse(canonical).compareTo(Quantity.ZERO);
            });
  }

  @Test
  void times() {
    List<byte[]> texts =
        List.of(bytes("2026-01-02T03:04:05Z"), bytes("2026-12-31T23:59:60.999999+02:00"));
    new Fuzz(DecoderFuzzTest.class, "times", CodecException.class)
        .run(
            texts,
            8000,
            text -> {
              String time = new String(text, StandardCharsets.UTF_8);
              Timestamps.format(Timestamps.parse(time, false));
              Timestamps.formatMicro(Timestamps.parse(time, true));
            });
  }

  private static List<byte[]> recordedPatches() {
    return RecordedPatches.all().stream()
        .flatMap(scenario -> scenario.exchanges().stream())
        .filter(exchange -> exchange.method().equals("PATCH") && exchange.body() != null)
        .map(exchange -> Json.write(exchange.body()))
        .toList();
  }

  private static void refusable(Runnable step) {
    try {
      step.run();
    } catch (ApiException | CodecException e) {
      // the next reader has its turn
    }
  }

  private static @Nullable MessageType type(Map<String, @Nullable Object> tree) {
    return tree.get("apiVersion") instanceof String version
            && tree.get("kind") instanceof String kind
        ? Schema.findKind(version, kind)
        : null;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
