package io.kemudi.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.apimachinery.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "1,1",
        "-0,0",
        "1.0,1",
        "1.50,1.5",
        "1e3,1000",
        "1e21,1e+21",
        "123456789e13,1.23456789e+21",
        "1e-6,0.000001",
        "1e-7,1e-7",
        "9223372036854775807,9223372036854775807",
        "9223372036854775808,9223372036854776000",
        "12345678901234567890,12345678901234567000",
        "-1.5e-9,-1.5e-9"
      })
  void numbersAreWrittenAsGoWritesThem(String read, String written) {
    assertThat(rewrite(read)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "[1,]",
        "01",
        "1.",
        "+1",
        ".5",
        "1e",
        "tru",
        "nul",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\n\"",
        "{} {}",
        "[1 2]",
        "{a:1}",
        "'a'",
        "NaN",
        "-",
        "\"abc\\"
      })
  void textThatIsNotOneJsonValueIsRefused(String text) {
    assertThatThrownBy(() -> Json.parse(bytes(text))).isInstanceOf(CodecException.class);
  }

  @Test
  void stringsAreEscapedForHtmlAsGoDoes() {
    assertThat(rewrite("\"<a>&\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\\u2028é☃\\ud83d\\ude00\""))
        .isEqualTo(
            "\"\\u003ca\\u003e\\u0026\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u007f\\u2028é☃\ud83d\ude00\"");
  }

  @Test
  void loneSurrogatesAndBrokenUtf8BecomeTheReplacementCharacter() {
    assertThat(Json.parse(bytes("\"a\\ud83dx\\ude00\""))).isEqualTo("a\ufffdx\ufffd");

    byte[] broken = {'"', 'a', (byte) 0xff, 'b', '"'};
    assertThat(Json.parse(broken)).isEqualTo("a\ufffdb");
    var out = new JsonOutput();
    out.string(broken, 1, 4);
    assertThat(new String(out.toByteArray(), StandardCharsets.UTF_8)).isEqualTo("\"a\\ufffdb\"");
  }

  @Test
  void nestingIsBounded() {
    String deep = "[".repeat(100_000);

    assertThatThrownBy(() -> Json.parse(bytes(deep)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("nested more than 512 deep");
  }

  @Test
  void duplicatesAndUnknownFieldsAreToldInUpstreamsWords() {
    Json.Parsed parsed =
        Json.parseStrict(
            bytes(
                "{\"metadata\":{\"name\":\"a\",\"name\":\"b\",\"zork\":2},"
                    + "\"data\":{\"a\":\"1\",\"a\":\"2\"},\"data\":{\"b\":\"c\"},\"nope\":1}"));

    assertThat(FieldValidation.problems(Schema.message("core.v1.ConfigMap"), parsed))
        .containsExactly(
            "duplicate field \"metadata.name\"",
            "duplicate field \"data.a\"",
            "duplicate field \"data\"",
            "unknown field \"metadata.zork\"",
            "unknown field \"nope\"");
  }

  @Test
  void unknownFieldsAreFoundInListsAndInlinedMessages() {
    var tree =
        Json.parseObject(
            bytes(
                "{\"kind\":\"Pod\",\"spec\":{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{\"x\":1}}],"
                    + "\"containers\":[{\"name\":\"c\",\"imagee\":\"i\"}]}}"));

    assertThat(ProtobufCodec.unknownFields(Schema.message("core.v1.Pod"), tree))
        .containsExactly("spec.volumes[0].emptyDir.x", "spec.containers[0].imagee");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"spec\":{\"replicas\":\"x\"}}|spec.replicas of Deployment: got string \"x\", want int32",
        "{\"spec\":{\"replicas\":1.5}}|spec.replicas of Deployment: got number 1.5, want int32",
        "{\"spec\":{\"replicas\":3000000000}}|spec.replicas of Deployment: got number 3000000000, want int32",
        "{\"spec\":5}|spec of Deployment: got number 5, want object",
        "{\"metadata\":{\"labels\":{\"a\":1}}}|metadata.labels[a] of Deployment: got number 1, want string",
        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\"},{\"tty\":0}]}}}}|spec.template.spec.containers[1].tty of Deployment: got number 0, want bool",
      })
  void wrongTypesNameTheirPath(String json, String message) {
    assertThatThrownBy(() ->
            ProtobufCodec.encode(
                Schema.message("apps.v1.Deployment"), Json.parseObject(bytes(json))))
        .isInstanceOf(CodecException.class)
        .hasMessage("cannot read " + message);
  }

  @Test
  void indentedTextIsGosWithTwoSpaces() {
    byte[] indented =
        Json.indent(Json.write(Json.parse(bytes("{\"a\":[1,{}],\"b\":{\"c\":\"{\"},\"d\":[]}"))));

    assertThat(new String(indented, StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {
              "a": [
                1,
                {}
              ],
              "b": {
                "c": "{"
              },
              "d": []
            }\
            """);
  }

  @Test
  void sortedTextOrdersKeysByTheirBytes() {
    var tree = Map.<String, Object>of("\ud83d\ude00", 1L, "\uff5e", 2L, "a", 3L);

    assertThat(new String(Json.writeSorted(tree), StandardCharsets.UTF_8))
        .isEqualTo("{\"a\":3,\"\uff5e\":2,\"\ud83d\ude00\":1}");
  }

  private static String rewrite(String json) {
    return new String(Json.write(Json.parse(bytes(json))), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
