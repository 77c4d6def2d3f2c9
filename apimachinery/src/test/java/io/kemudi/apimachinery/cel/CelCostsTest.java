package io.kemudi.apimachinery.cel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Estimates worked out by hand from the model: a name or selection 1, text a tenth of its length,
/// a pattern a quarter of its length, loops their rounds.
class CelCostsTest {
  private static final Map<String, CelType> FIELDS =
      Map.of(
          "n",
          SimpleType.INT,
          "text",
          SimpleType.STRING,
          "names",
          ListType.create(SimpleType.STRING),
          "labels",
          MapType.create(SimpleType.STRING, SimpleType.STRING));

  private static final CelEnvironment ENVIRONMENT =
      CelEnvironment.empty()
          .withTypes(
              Map.of(
                  "Self",
                  StructType.create(
                      "Self",
                      ImmutableSet.copyOf(FIELDS.keySet()),
                      field -> Optional.ofNullable(FIELDS.get(field)))))
          .withVariable("self", StructTypeReference.create("Self"));

  private static final CelSizes SIZES =
      path ->
          switch (String.join(".", path)) {
            case "self.text" -> CelRange.upTo(100);
            case "self.names" -> CelRange.upTo(10);
            case "self.names.@items" -> CelRange.upTo(50);
            case "self.labels" -> CelRange.upTo(5);
            case "self.labels.@keys", "self.labels.@values" -> CelRange.upTo(20);
            default -> null;
          };

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "self.n > 3 | 3 | 3",
        "self.n > 3 && self.n < 5 | 3 | 6",
        "self.text == 'abc' | 3 | 3",
        "self.text.startsWith('abcdefghijkl') | 4 | 4",
        "self.text.contains('abcdefghijkl') | 2 | 22",
        "self.text.matches('^a{1,3}$') | 4 | 24",
        "has(self.text) | 1 | 1",
        "self.names.all(x, x == 'a') | 3 | 53",
        "self.names.exists(x, x.startsWith('a')) | 3 | 63",
        "self.labels.all(k, self.labels[k] == k) | 3 | 53",
        "self.names[0].size() == 3 | 5 | 5",
        "self.n > 3 ? self.text == 'a' : true | 3 | 6",
        "'a' in self.names | 2 | 12",
        "self.names.isSorted() | 2 | 62"
      })
  void estimates(String text, long min, long max) {
    CelRange cost = CelCosts.estimate(ENVIRONMENT.compile(text), SIZES);
    assertThat(cost).as(text).isEqualTo(new CelRange(min, max));
  }

  @ParameterizedTest
  @CsvSource({"3,4,7,12", "9223372036854775807,2,9223372036854775807,9223372036854775807"})
  void stopsAtTheLimit(long one, long other, long sum, long product) {
    assertThat(CelRange.exactly(one).plus(CelRange.exactly(other)).max()).isEqualTo(sum);
    assertThat(CelRange.exactly(one).times(CelRange.exactly(other)).max()).isEqualTo(product);
    assertThat(List.of(CelRange.upTo(11).times(0.1).max(), CelRange.UNKNOWN.times(0.1).max()))
        .containsExactly(2L, Long.MAX_VALUE);
  }
}
