package io.kemudi.apimachinery.quantity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0Ki, 0",
    "-0, 0",
    "1, 1",
    "1000m, 1",
    "0.5, 500m",
    "1.5, 1500m",
    "1024Mi, 1Gi",
    "1025Mi, 1025Mi",
    "1.5Gi, 1536Mi",
    "0.5Ki, 512",
    "1Ki, 1Ki",
    "0.1Ki, 102400m",
    "1000k, 1M",
    "12e6, 12e6",
    "1e3, 1e3",
    "100e-3, 100e-3",
    "0.1m, 100u",
    "1n, 1n",
    "0.1n, 1n",
    "-1.5Gi, -1536Mi",
    "+5, 5",
    "1E, 1E",
    "1000E, 1000E",
    "1Ei, 1Ei",
    ".5, 500m",
    "5., 5",
    "00012, 12",
    "0.05, 50m",
    "9223372036854775807, 9223372036854775807",
    "9223372036854775808, 9223372036854775808",
    "1234567890123456789012345, 1234567890123456789012345",
    "100Ei, 9223372036854775807",
    "1E2, 100",
    "3Mi, 3Mi",
    "1e-12, 1e-9"
  })
  void writesWhatItReadsInCanonicalForm(String text, String canonical) {
    assertThat(Quantity.parse(text)).hasToString(canonical);
    assertThat(Quantity.canonical(canonical)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1.1.1", "1 Ki", "1x", "1Mi5x", "5 "})
  void refusesWhatIsNoAmount(String text) {
    assertThatThrownBy(() -> Quantity.parse(text))
        .isInstanceOf(QuantityFormatException.class)
        .hasMessage(QuantityFormatException.WRONG);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--1", "1i", "1ki", "1mi", "1e", "1Kii", "1e99999999999", "1KiMi"})
  void refusesUnknownSuffixes(String text) {
    assertThatThrownBy(() -> Quantity.parse(text)).hasMessage(QuantityFormatException.SUFFIX);
  }

  @Test
  void roundsAwayFromZeroWhereAWholeNumberIsAsked() {
    assertThat(Quantity.parse("100m").value()).isEqualTo(1);
    assertThat(Quantity.parse("-100m").value()).isEqualTo(-1);
    assertThat(Quantity.parse("1.0001").milliValue()).isEqualTo(1001);
    assertThat(Quantity.parse("1Gi").milliValue()).isEqualTo(1073741824000L);
    assertThat(Quantity.parse("8Ei").value()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void comparesByAmountNotByWriting() {
    assertThat(Quantity.parse("1")).isEqualTo(Quantity.parse("1000m"));
    assertThat(Quantity.parse("1")).hasSameHashCodeAs(Quantity.parse("1000m"));
    assertThat(Quantity.parse("1Gi")).isGreaterThan(Quantity.parse("1G"));
    assertThat(Quantity.parse("-1")).isLessThan(Quantity.ZERO);
    assertThat(Quantity.ZERO).isLessThan(Quantity.parse("1n"));
  }

  @Test
  void addsExactlyAlsoBeyondALong() {
    Quantity most = Quantity.of(Long.MAX_VALUE);

    assertThat(Quantity.parse("100m").plus(Quantity.parse("1"))).hasToString("1100m");
    assertThat(Quantity.ZERO.plus(Quantity.parse("1Gi"))).hasToString("1Gi");
    assertThat(Quantity.parse("1Gi").minus(Quantity.parse("1Gi"))).hasToString("0");
    assertThat(most.plus(most).toBigDecimal())
        .isEqualByComparingTo(BigDecimal.valueOf(Long.MAX_VALUE).multiply(BigDecimal.TWO));
  }
}
