package io.kemudi.nodeagent.podworker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
  @ParameterizedTest
  @CsvSource({
    "$(A),one",
    "x$(A)y$(B)z,xoneytwoz",
    "$$(A),$(A)",
    "$$$(A),$one",
    "$(NOBODY),$(NOBODY)",
    "$(A,$(A",
    "$A,$A",
    "cost $,cost $",
    "$$,$",
    "$(E),''",
  })
  void replacesWhatIsKnownAndLeavesTheRest(String text, String expected) {
    assertThat(Expansion.expand(text, Map.of("A", "one", "B", "two", "E", ""))).isEqualTo(expected);
  }
}
