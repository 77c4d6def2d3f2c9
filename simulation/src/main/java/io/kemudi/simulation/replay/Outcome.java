package io.kemudi.simulation.replay;

import java.util.List;

/// What one exchange showed.
///
/// @param sameStatus the status code and, for a refusal, the reason are as recorded (or wanted
///   otherwise)
/// @param differences all that is not as recorded and that we do not want
/// @param wanted differences that we want, see [WantedDifferences]
record Outcome(
    Exchange exchange, boolean sameStatus, List<Difference> differences, List<Difference> wanted) {
  Outcome {
    differences = List.copyOf(differences);
    wanted = List.copyOf(wanted);
  }

  boolean holds(Measure measure) {
    return switch (measure) {
      case STATUS -> sameStatus;
      case BEHAVIOUR -> sameStatus && differences.stream().allMatch(Difference::wording);
      case WHOLE -> sameStatus && differences.isEmpty();
    };
  }
}
