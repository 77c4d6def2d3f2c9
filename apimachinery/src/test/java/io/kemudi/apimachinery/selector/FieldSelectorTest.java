package io.kemudi.apimachinery.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldSelectorTest {
  @Test
  void selectsByEqualityAndInequality() {
    var pod = Map.of("spec.nodeName", "n1", "status.phase", "Running");

    assertThat(matches("spec.nodeName=n1,status.phase!=Failed", pod)).isTrue();
    assertThat(matches("spec.nodeName==n1", pod)).isTrue();
    assertThat(matches("spec.nodeName!=n1", pod)).isFalse();
    assertThat(matches("spec.hostname=", pod)).isTrue();
    assertThat(matches("", pod)).isTrue();
  }

  @Test
  void valuesMayHoldEscapedSigns() {
    FieldSelector selector = FieldSelector.parse("a=x\\,y\\=z");

    assertThat(selector.requiredValue("a")).isEqualTo("x,y=z");
    assertThat(selector).hasToString("a=x\\,y\\=z");
  }

  @Test
  void complainsInUpstreamsWords() {
    assertThatThrownBy(() -> FieldSelector.parse("metadata.name"))
        .hasMessage("invalid selector: 'metadata.name'; can't understand 'metadata.name'");
    assertThatThrownBy(() -> FieldSelector.parse("metadata.name=a\\x"))
        .hasMessage("invalid field selector: invalid escape sequence: \\x");
  }

  private static boolean matches(String selector, Map<String, String> fields) {
    return FieldSelector.parse(selector).matches(field -> fields.getOrDefault(field, ""));
  }
}
