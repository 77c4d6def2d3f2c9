package io.kemudi.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "yes|true",
        "on|true",
        "y|true",
        "Off|false",
        "~|null",
        "null|null",
        "\"yes\"|\"yes\"",
        "014|12",
        "0o14|12",
        "0x1F|31",
        "0b101|5",
        "1_000|1000",
        "-7|-7",
        "+7|7",
        "08|8",
        "1.5|1.5",
        "1e3|\"1e3\"",
        "1e+3|1000",
        "1.|\"1.\"",
        ".5|0.5",
        "12:30|\"12:30\"",
        "2026-01-02|\"2026-01-02\"",
        "100m|\"100m\"",
        "1Gi|\"1Gi\"",
        "!!str 5|\"5\"",
        "!!binary aGk=|\"hi\"",
        "18446744073709551615|18446744073709552000"
      })
  void plainScalarsMeanWhatKubectlTakesThemFor(String yaml, String json) {
    assertThat(new String(Json.write(parse("v: " + yaml).get("v")), StandardCharsets.UTF_8))
        .isEqualTo(json);
  }

  @Test
  void keysBecomeStrings() {
    assertThat(parse("{1: a, yes: b, 1.5: c, d: e}"))
        .isEqualTo(Map.of("1", "a", "true", "b", "1.5", "c", "d", "e"));
  }

  @Test
  void anchorsAndMergeKeysAreWrittenOut() {
    assertThat(parse("base: &b {x: 1, z: 2}\nmore: {<<: *b, z: 3}\nsame: *b\n"))
        .isEqualTo(
            Map.of(
                "base", Map.of("x", 1L, "z", 2L),
                "more", Map.of("x", 1L, "z", 3L),
                "same", Map.of("x", 1L, "z", 2L)));
  }

  @Test
  void keysThatOccurTwiceAreTold() {
    Json.Parsed parsed =
        Yaml.parse(bytes("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\n  name: z\n"));

    assertThat(parsed.duplicates())
        .containsExactly("line 5: key \"name\" already set in map (column 3)");
    assertThat(Trees.at(parsed.value(), "metadata", "name")).isEqualTo("z");
  }

  @Test
  void aliasBombsAreRefused() {
    var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
    }

    assertThatThrownBy(() -> Yaml.parse(bytes(bomb.toString())))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("excessive aliasing");
  }

  @Test
  void anchorThatContainsItselfIsRefused() {
    assertThatThrownBy(() -> Yaml.parse(bytes("&a [*a]")))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("contains itself");
  }

  @Test
  void documentsAreSplitAndEmptyOnesSkipped() {
    assertThat(Yaml.parseAll(bytes("---\na: 1\n---\n# nothing\n---\nb: 2\n")))
        .extracting(Json.Parsed::value)
        .isEqualTo(List.of(Map.of("a", 1L), Map.of("b", 2L)));
    assertThat(Yaml.parse(bytes("a: 1\n---\nb: 2\n")).value()).isEqualTo(Map.of("a", 1L));
    assertThat(Yaml.parse(bytes("")).value()).isNull();
  }

  @Test
  void malformedTextNamesItsLine() {
    assertThatThrownBy(() -> Yaml.parse(bytes("a: 1\nb: [\n")))
        .isInstanceOf(CodecException.class)
        .hasMessageStartingWith("yaml: line 3: ");
  }

  private static Map<String, Object> parse(String yaml) {
    return Trees.object(Yaml.parse(bytes(yaml)).value(), "document");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
