package io.kemudi.simulation.replay;

import java.util.List;

/// What the replay of one recording showed.
record FileScore(
    String file, int scenarios, List<Outcome> outcomes, List<Skipped> skipped, double seconds) {
  FileScore {
    outcomes = List.copyOf(outcomes);
    skipped = List.copyOf(skipped);
  }

  /// Percent of the exchanges; 100 when there are none.
  double percent(Measure measure) {
    return outcomes.isEmpty() ? 100 : 100.0 * count(measure) / outcomes.size();
  }

  long count(Measure measure) {
    return outcomes.stream().filter(outcome -> outcome.holds(measure)).count();
  }

  /// Exchanges with differences that we want.
  long wanted() {
    return outcomes.stream().filter(outcome -> !outcome.wanted().isEmpty()).count();
  }
}
