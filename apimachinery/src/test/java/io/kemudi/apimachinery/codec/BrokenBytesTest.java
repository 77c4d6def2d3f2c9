package io.kemudi.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Bytes from strangers are read or refused, never anything else.
class BrokenBytesTest {
  private static final MessageType POD = Schema.message("core.v1.Pod");

  @Test
  void changedBytesAreReadOrRefused() {
    var random = new Random(7);
    byte[] whole = pod();
    int refused = 0;
    for (int round = 0; round < 5000; round++) {
      byte[] broken =
          Arrays.copyOf(
              whole, random.nextInt(10) == 0 ? random.nextInt(whole.length) : whole.length);
      for (int i = random.nextInt(4); i >= 0 && broken.length > 0; i--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      refused += isRefused(broken) ? 1 : 0;
    }

    assertThat(refused).isBetween(1, 4999);
  }

  private static boolean isRefused(byte[] bytes) {
    boolean transcoded = true;
    try {
      JsonTranscoder.toJson(POD, "v1", "Pod", bytes);
    } catch (CodecException e) {
      transcoded = false;
    }
    try {
      ProtobufCodec.decode(POD, bytes);
      return !transcoded;
    } catch (CodecException e) {
      return true;
    }
  }

  @Test
  void everyPrefixOfAnEnvelopeIsReadOrRefused() {
    byte[] whole = Envelope.wrap("v1", "Pod", pod());

    assertThat(Envelope.unwrap(whole).raw()).isEqualTo(pod());
    for (int length = 0; length < whole.length - 4; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      try {
        assertThat(Envelope.unwrap(cut).raw()).isEmpty();
      } catch (CodecException e) {
        assertThat(e).hasMessageMatching(".*(malformed|does not appear).*");
      }
    }
  }

  @Test
  void nestingWithoutEndIsRefused() {
    MessageType schema = Schema.message("apiextensions.v1.JSONSchemaProps");
    byte[] nested = {};
    for (int depth = 0; depth < 2000; depth++) {
      var out = new WireOutput(nested.length + 16);
      out.lengthDelimited(28 << 3 | 2, nested); // not
      nested = out.toByteArray();
    }
    byte[] bomb = nested;

    assertThatThrownBy(() -> ProtobufCodec.decode(schema, bomb))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("nested more than 512 deep");
  }

  private static byte[] pod() {
    return ProtobufCodec.encode(
        POD,
        Map.of(
            "metadata", Map.of("name", "p", "labels", Map.of("a", "b", "c", "d")),
            "spec",
                Map.of(
                    "containers",
                    List.of(
                        Map.of(
                            "name",
                            "c",
                            "image",
                            "nginx",
                            "livenessProbe",
                            Map.of("httpGet", Map.of("port", "http")),
                            "resources",
                            Map.of("limits", Map.of("cpu", "1"))))),
            "status", Map.of("startTime", "2026-01-02T03:04:05Z")));
  }
}
