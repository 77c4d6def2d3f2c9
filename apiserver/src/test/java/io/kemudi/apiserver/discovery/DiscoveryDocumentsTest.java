package io.kemudi.apiserver.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apiserver.registry.ResourceTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiscoveryDocumentsTest {
  private static final DiscoveryDocuments DOCUMENTS =
      new DiscoveryDocuments(ResourceTable.builtIn(), "192.0.2.10:26443");

  record Recorded(String path, boolean aggregated, String body) {
    @Override
    public String toString() {
      return path + (aggregated ? " aggregated" : "");
    }
  }

  static List<Recorded> recorded() throws IOException {
    List<Recorded> all = new ArrayList<>();
    try (InputStream packed =
            DiscoveryDocumentsTest.class.getResourceAsStream("recorded.jsonl.gz");
        InputStream in = new GZIPInputStream(Objects.requireNonNull(packed))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.split("\n", -1)) {
        if (!line.isEmpty()) {
          Map<String, @Nullable Object> entry =
              Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
          all.add(
              new Recorded(
                  String.valueOf(entry.get("path")),
                  String.valueOf(entry.get("accept")).contains("as="),
                  String.valueOf(entry.get("body"))));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void saysWhatUpstreamSaysToTheByte(Recorded recorded) {
    var document =
        recorded.aggregated
            ? DOCUMENTS.aggregated(recorded.path.equals("/api"))
            : DOCUMENTS.legacy(recorded.path);

    assertThat(document).isNotNull();
    assertThat(new String(Objects.requireNonNull(document).bytes(), StandardCharsets.UTF_8))
        .isEqualTo(recorded.body);
  }

  @Test
  void answersEveryPathThatUpstreamDoesAndNoOther() throws IOException {
    List<String> paths =
        recorded().stream().filter(each -> !each.aggregated).map(Recorded::path).toList();

    assertThat(DOCUMENTS.paths()).containsExactlyInAnyOrderElementsOf(paths);
  }
}
