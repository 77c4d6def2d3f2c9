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
        "{\"spec\":{\"replicas\":\"x\"}}|string into Go struct field DeploymentSpec.spec.replicas of type int32 (at spec.replicas: \"x\")",
        "{\"spec\":{\"replicas\":1.5}}|number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32 (at spec.replicas: 1.5)",
        "{\"spec\":{\"replicas\":3000000000}}|number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32 (at spec.replicas: 3000000000)",
        "{\"spec\":5}|number into Go struct field Deployment.spec of type v1.DeploymentSpec (at spec: 5)",
        "{\"metadata\":{\"labels\":{\"a\":1}}}|number into Go struct field ObjectMeta.metadata.labels of type string (at metadata.labels[a]: 1)",
        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\"},{\"tty\":0}]}}}}|number into Go struct field Container.spec.template.spec.containers.tty of type bool (at spec.template.spec.containers[1].tty: 0)",
      })
  void wrongTypesNameTheirPath(String json, String message) {
    assertThatThrownBy(() ->
            ProtobufCodec.encode(
                Schema.message("apps.v1.Deployment"), Json.parseObject(bytes(json))))
        .isInstanceOf(CodecException.class)
        .hasMessage("json: cannot unmarshal " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "yesterday|parsing time \"yesterday\" as \"L\": cannot parse \"yesterday\" as \"2006\"",
        "2020-01-01|parsing time \"2020-01-01\" as \"L\": cannot parse \"\" as \"T\"",
        "2020-13-01T00:00:00Z|parsing time \"2020-13-01T00:00:00Z\": month out of range",
        "2020-02-30T00:00:00Z|parsing time \"2020-02-30T00:00:00Z\": day out of range",
        "2020-01-01T00:00:00|parsing time \"2020-01-01T00:00:00\" as \"L\": cannot parse \"\" as \"Z07:00\"",
        "2020-01-01T00:00:00Zx|parsing time \"2020-01-01T00:00:00Zx\": extra text: \"x\"",
      })
  void timesAreRefusedInGosWords(String time, String message) {
    var tree = Json.parseObject(bytes("{\"metadata\":{\"creationTimestamp\":\"" + time + "\"}}"));
    String layout = "2006-01-02T15:04:05Z07:00";

    assertThatThrownBy(() -> ProtobufCodec.encode(Schema.message("core.v1.Pod"), tree))
        .hasMessage(message.replace("L\"", layout + "\"") + " (at metadata.creationTimestamp)");
  }

  @ParameterizedTest
  @CsvSource({"!AAA,0", "AA!A,2", "AAAAA,4", "A===,1", "AA=A,2", "AAA=A,4", "AA=,3"})
  void base64TellsWhereItGoesWrong(String text, int at) {
    var tree = Json.parseObject(bytes("{\"data\":{\"k\":\"" + text + "\"}}"));

    assertThatThrownBy(() -> ProtobufCodec.encode(Schema.message("core.v1.Secret"), tree))
        .hasMessage("illegal base64 data at input byte " + at + " (at data[k])");
  }

  @Test
  void objectsUnderOneKeyAreMerged() {
    assertThat(
            Json.parse(
                bytes("{\"a\":{\"x\":1,\"y\":{\"z\":1}},\"a\":{\"y\":{\"w\":2}},\"b\":1,\"b\":2}")))
        .isEqualTo(Json.parse(bytes("{\"a\":{\"x\":1,\"y\":{\"z\":1,\"w\":2}},\"b\":2}")));
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
