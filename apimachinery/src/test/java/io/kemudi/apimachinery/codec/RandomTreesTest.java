package io.kemudi.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.schema.SpecialForm;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Properties that hold for any tree of any message.
class RandomTreesTest {
  private static final List<String> PACKAGES =
      List.of(
          "admissionregistration.v1",
          "admissionregistration.v1beta1",
          "apiextensions.v1",
          "apiregistration.v1",
          "apps.v1",
          "authentication.v1",
          "authorization.v1",
          "autoscaling.v1",
          "autoscaling.v2",
          "batch.v1",
          "certificates.v1",
          "coordination.v1",
          "core.v1",
          "discovery.v1",
          "events.v1",
          "flowcontrol.v1",
          "meta.v1",
          "networking.v1",
          "node.v1",
          "policy.v1",
          "rbac.v1",
          "resource.v1",
          "scheduling.v1",
          "storage.v1");

  static Stream<MessageType> objects() {
    return PACKAGES.stream()
        .flatMap(alias -> Schema.messageNames(alias).stream())
        .map(Schema::message)
        .filter(type -> type.form() == SpecialForm.OBJECT);
  }

  @ParameterizedTest
  @MethodSource("objects")
  void bytesOfATreeAreThoseOfTheGeneratedMessageAndGiveTheTreeBack(MessageType type)
      throws ReflectiveOperationException, InvalidProtocolBufferException {
    var random = new Random(type.name().hashCode());
    for (int round = 0; round < 4; round++) {
      Map<String, @Nullable Object> tree = new RandomTrees(random).object(type, 0);

      byte[] bytes = ProtobufCodec.encode(type, tree);
      Message message = parser(type).parseFrom(bytes);
      Map<String, @Nullable Object> decoded = ProtobufCodec.decode(type, bytes);

      // Java's writer leaves maps unsorted, so the message is compared through its own parser.
      assertThat(parser(type).parseFrom(message.toByteArray())).isEqualTo(message);
      assertThat(message.getUnknownFields().asMap()).isEmpty();
      assertThat(ProtobufCodec.encode(type, decoded)).isEqualTo(bytes);
      assertThat(ProtobufCodec.encode(type, ProtobufCodec.decode(type, message.toByteArray())))
          .isEqualTo(bytes);
      assertThat(transcoded(type, bytes)).isEqualTo(written(decoded));
      assertThat(transcoded(type, message.toByteArray())).isEqualTo(written(decoded));
      assertThat(ProtobufCodec.encode(type, Json.parseObject(Json.write(decoded))))
          .isEqualTo(bytes);
    }
  }

  private static String transcoded(MessageType type, byte[] bytes) {
    var out = new JsonOutput();
    new JsonTranscoder(out).item(type, bytes);
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  private static String written(@Nullable Object tree) {
    return new String(Json.write(tree), StandardCharsets.UTF_8);
  }

  private static Parser<? extends Message> parser(MessageType type)
      throws ReflectiveOperationException {
    Class<?> message = Class.forName("io.kemudi.kubernetes." + type.name());
    @SuppressWarnings("unchecked")
    var parser = (Parser<? extends Message>) message.getMethod("parser").invoke(null);
    return parser;
  }

  /// Makes trees that fit a type, from one source of chance.
  private record RandomTrees(Random random) {
    private static final String TEXT = "aZ09-._/ \"\\<>&\u2028\né☃\ud83d\ude00\u0001";

    Map<String, @Nullable Object> object(MessageType type, int depth) {
      var tree = new LinkedHashMap<String, @Nullable Object>();
      for (FieldType field : type.jsonFields()) {
        if (random.nextInt(depth + 2) < 1 || (depth < 2 && random.nextBoolean())) {
          tree.put(field.jsonName, field(field, depth));
        }
      }
      return tree;
    }

    private @Nullable Object field(FieldType field, int depth) {
      return switch (field.shape) {
        case VALUE, POINTER -> value(field, depth);
        case LIST -> {
          var list = new ArrayList<@Nullable Object>();
          for (int i = random.nextInt(3); i > 0; i--) {
            list.add(value(field, depth));
          }
          yield list;
        }
        case MAP -> {
          var map = new LinkedHashMap<String, @Nullable Object>();
          for (int i = random.nextInt(4); i > 0; i--) {
            map.put(text(), value(field, depth));
          }
          yield map;
        }
      };
    }

    private Object value(FieldType field, int depth) {
      return switch (field.kind) {
        case STRING -> text();
        case INT32 -> (long) (random.nextBoolean() ? random.nextInt(3) - 1 : random.nextInt());
        case INT64 -> random.nextBoolean() ? random.nextInt(3) - 1 : random.nextLong();
        case BOOL -> random.nextBoolean();
        case DOUBLE -> random.nextBoolean() ? random.nextInt(3) : random.nextGaussian() * 1e30;
        // Empty bytes are on the wire but not in JSON: no tree gives them back.
        case BYTES ->
            Base64.getEncoder().encodeToString(("b" + text()).getBytes(StandardCharsets.UTF_8));
        case MESSAGE -> message(field.message(), depth + 1);
      };
    }

    private Object message(MessageType type, int depth) {
      return switch (type.form()) {
        case OBJECT -> object(type, depth);
        case TIME -> Timestamps.format(time());
        case MICRO_TIME -> Timestamps.formatMicro(time());
        case QUANTITY ->
            random.nextInt(100) + 1 + List.of("m", "", "Ki", "M", "e3").get(random.nextInt(5));
        case INT_OR_STRING -> random.nextBoolean() ? (Object) (long) random.nextInt() : text();
        case RAW_JSON -> Map.of(text(), List.of(text(), 1L, 2.5, true));
        case STRING_LIST -> List.of(text(), text());
        case SCHEMA_OR_BOOL -> random.nextBoolean() ? (Object) true : schema(type, depth);
        case SCHEMA_OR_ARRAY, SCHEMA_OR_STRING_ARRAY ->
            random.nextBoolean() ? schema(type, depth) : schemaList(type, depth);
      };
    }

    private Object schemaList(MessageType type, int depth) {
      boolean strings = type.form() == SpecialForm.SCHEMA_OR_STRING_ARRAY;
      return strings ? List.of(text()) : List.of(schema(type, depth));
    }

    private Object schema(MessageType type, int depth) {
      return object(SpecialForms.schemaOf(type), depth + 2);
    }

    private Instant time() {
      return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
    }

    private String text() {
      var text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        int at = TEXT.offsetByCodePoints(0, random.nextInt(TEXT.codePointCount(0, TEXT.length())));
        text.appendCodePoint(TEXT.codePointAt(at));
      }
      return text.toString();
    }
  }
}
