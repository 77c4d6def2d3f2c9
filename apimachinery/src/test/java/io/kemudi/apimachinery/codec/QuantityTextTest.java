package io.kemudi.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTextTest {
  @ParameterizedTest
  @CsvSource({
    "0,0", "0.5,500m", "500m,500m", "1000m,1", "1000,1k", "1500,1500", "1024Ki,1Mi", "1.5Gi,1536Mi",
    "0.5Gi,512Mi", "1Ki,1Ki", "0.5Ki,512", "1e3,1e3", "12e6,12e6", "1E,1E", "100k,100k", "-5m,-5m",
    "1.1Ki,1126400m", "1n,1n", "0.1n,1n", "1000Ki,1000Ki", "100.,100", ".5,500m", "+3,3", "0Ki,0",
    "1e-3,1e-3", "123456789,123456789"
  })
  void textIsBroughtIntoCanonicalForm(String text, String canonical) {
    assertThat(QuantityText.canonical(text)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "x", "1x", "1 Gi", "1.2.3", "1e", "Gi", "-", "1GI", "0x10", "--1"})
  void otherTextIsNone(String text) {
    assertThat(QuantityText.canonical(text)).isNull();
  }
}
