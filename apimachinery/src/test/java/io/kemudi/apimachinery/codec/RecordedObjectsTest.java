package io.kemudi.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/// Every recorded object of upstream's server, both ways, byte for byte.
class RecordedObjectsTest {
  private static final List<RecordedObjects.Row> ROWS = RecordedObjects.all();

  @TestFactory
  List<DynamicTest> decodesProtobufToTheJsonThatUpstreamShows() {
    return served(row -> {
      Envelope sent = Envelope.unwrap(row.bytes("getProtobuf"));
      MessageType type = type(sent);

      var tree = ProtobufCodec.decode(type, sent.apiVersion(), sent.kind(), sent.raw());

      assertThat(text(Json.write(tree))).isEqualTo(text(Json.write(row.get())));
    });
  }

  @TestFactory
  List<DynamicTest> transcodesProtobufToTheJsonThatUpstreamShows() {
    return served(row -> {
      Envelope sent = Envelope.unwrap(row.bytes("getProtobuf"));

      byte[] json = JsonTranscoder.toJson(type(sent), sent.apiVersion(), sent.kind(), sent.raw());

      assertThat(text(json)).isEqualTo(text(Json.write(row.get())));
    });
  }

  @TestFactory
  List<DynamicTest> encodesJsonToTheProtobufThatUpstreamSends() {
    return served(row -> {
      Envelope sent = Envelope.unwrap(row.bytes("getProtobuf"));

      byte[] bytes = ProtobufCodec.encode(type(sent), row.get());

      assertThat(bytes).isEqualTo(compactRawJson(type(sent), row, sent.raw()));
    });
  }

  @TestFactory
  List<DynamicTest> readsAndRewritesWhatUpstreamStored() {
    return served(row -> {
      byte[] value = row.bytes("etcdValue");
      if (!Envelope.isEnvelope(value)) {
        return; // stored as JSON
      }
      Envelope stored = Envelope.unwrap(value);
      MessageType type = type(stored);

      var tree = ProtobufCodec.decode(type, stored.raw());

      byte[] raw = compactRawJson(type, row, stored.raw());
      assertThat(ProtobufCodec.encode(type, tree)).isEqualTo(raw);
      assertThat(Envelope.wrap(stored.apiVersion(), stored.kind(), stored.raw())).isEqualTo(value);
    });
  }

  @TestFactory
  List<DynamicTest> splicedRevisionShowsAsTheStoredObjectWithItsResourceVersion() {
    return served(row -> {
      Envelope sent = Envelope.unwrap(row.bytes("getProtobuf"));
      MessageType type = type(sent);
      byte[] spliced = ResourceVersionSplice.splice(sent.raw(), 4711);
      var wanted = Trees.copyObject(row.get());
      Trees.child(wanted, "metadata").put("resourceVersion", "4711");

      byte[] json = JsonTranscoder.toJson(type, sent.apiVersion(), sent.kind(), spliced);
      var tree = ProtobufCodec.decode(type, sent.apiVersion(), sent.kind(), spliced);

      assertThat(text(json)).isEqualTo(text(Json.write(wanted)));
      assertThat(text(Json.write(tree))).isEqualTo(text(json));
    });
  }

  @TestFactory
  List<DynamicTest> knowsEveryFieldOfWhatClientsSent() {
    return served(row -> {
      Map<String, @Nullable Object> request = row.tree("request");
      MessageType type =
          type(new Envelope(Trees.string(request, "apiVersion"), row.text("kind"), new byte[0]));

      assertThat(type).isNotNull();
      assertThat(ProtobufCodec.unknownFields(type, request)).isEmpty();
      assertThat(ProtobufCodec.encode(type, request)).isNotEmpty();
    });
  }

  @TestFactory
  List<DynamicTest> rewritesWhatIsStoredAsJson() {
    return ROWS.stream()
        .filter(row -> !Envelope.isEnvelope(row.bytes("etcdValue")))
        .map(row ->
            DynamicTest.dynamicTest(
                row.name(),
                () -> {
                  byte[] value = row.bytes("etcdValue");

                  byte[] written = Json.write(Json.parse(value));

                  assertThat(text(written) + "\n").isEqualTo(text(value));
                }))
        .toList();
  }

  /// Upstream stores raw JSON inside objects with the white space that the client sent, which a
  /// tree cannot keep: these rows are compared in the compact form.
  private static byte[] compactRawJson(MessageType type, RecordedObjects.Row row, byte[] raw) {
    boolean spaced =
        Set.of(
                "apps/v1/controllerrevisions/rich",
                "resource.k8s.io/v1/deviceclasses/rich",
                "resource.k8s.io/v1/resourceclaims/rich",
                "resource.k8s.io/v1/resourceclaimtemplates/rich")
            .contains(row.name());
    if (!spaced) {
      return raw;
    }
    return ProtobufCodec.encode(type, Json.parseObject(JsonTranscoder.toJson(type, "", "", raw)));
  }

  private interface Check {
    void run(RecordedObjects.Row row);
  }

  private static List<DynamicTest> served(Check check) {
    return ROWS.stream()
        .filter(row -> !row.text("getProtobuf").isEmpty())
        .map(row -> DynamicTest.dynamicTest(row.name(), (Executable) () -> check.run(row)))
        .toList();
  }

  private static MessageType type(Envelope envelope) {
    return Objects.requireNonNull(
        Schema.findKind(envelope.apiVersion(), envelope.kind()), envelope.kind());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
