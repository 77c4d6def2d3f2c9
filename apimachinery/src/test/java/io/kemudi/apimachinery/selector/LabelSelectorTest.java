package io.kemudi.apimachinery.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.kubernetes.meta.v1.LabelSelectorRequirement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelSelectorTest {
  private static final Map<String, String> WEB = Map.of("app", "web", "tier", "front", "size", "5");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "app=web|true",
        "app==web|true",
        "app!=web|false",
        "app|true",
        "!app|false",
        "!other|true",
        "other|false",
        "other!=x|true",
        "app in (web,db)|true",
        "app notin (web)|false",
        "other notin (x)|true",
        "size>4|true",
        "size<5|false",
        "app>1|false",
        "app=|false",
        "app=web, tier in (front)|true",
        "app=web,tier=back|false",
        "in=x|false",
        "app in (in)|false"
      })
  void selectsByEveryOperator(String selector, boolean selected) {
    assertThat(LabelSelector.parse(selector).matches(WEB)).isEqualTo(selected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "a b|unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
        "=x|found '=', expected: !, identifier, or 'end of string'",
        "a in|unable to parse requirement: found '' expected: '('",
        "a in (b|unable to parse requirement: found '', expected: ',' or ')'",
        "a,,b|found ',', expected: identifier after ','",
        "!|unable to parse requirement: found '', expected: identifier",
        "a=b=c|found '=', expected: ',' or 'end of string'"
      })
  void complainsInUpstreamsWords(String selector, String message) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOf(SelectorException.class)
        .hasMessage(message);
  }

  @Test
  void namesTheKeyOrValueThatCannotBeALabel() {
    assertThatThrownBy(() -> LabelSelector.parse("a>b"))
        .hasMessage(
            "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators,"
                + " the value must be an integer");
    assertThatThrownBy(() -> LabelSelector.parse("a=" + "b".repeat(64)))
        .hasMessageStartingWith("unable to parse requirement: values[0][a]: Invalid value: ")
        .hasMessageEndingWith(": must be no more than 63 bytes");
    assertThatThrownBy(() -> LabelSelector.parse("a/b/c=d"))
        .hasMessageStartingWith(
            "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid label key must");
  }

  @Test
  void writesWhatItReads() {
    assertThat(LabelSelector.parse("c notin (b,a),!d,a=b,e")).hasToString("a=b,c notin (a,b),!d,e");
  }

  @Test
  void theStructuredFormSelectsNothingWhenMissingAndEverythingWhenEmpty() {
    var empty = io.kemudi.kubernetes.meta.v1.LabelSelector.getDefaultInstance();
    var tier =
        empty.toBuilder()
            .putMatchLabels("app", "web")
            .addMatchExpressions(
                LabelSelectorRequirement.newBuilder()
                    .setKey("tier")
                    .setOperator("In")
                    .addValues("front"))
            .build();

    assertThat(LabelSelector.of((io.kemudi.kubernetes.meta.v1.LabelSelector) null).matches(WEB))
        .isFalse();
    assertThat(LabelSelector.of(empty).matches(WEB)).isTrue();
    assertThat(LabelSelector.of(tier).matches(WEB)).isTrue();
    assertThat(LabelSelectors.matches(tier, WEB)).isTrue();
    assertThat(LabelSelectors.matches(tier, Map.of("app", "web"))).isFalse();
  }
}
