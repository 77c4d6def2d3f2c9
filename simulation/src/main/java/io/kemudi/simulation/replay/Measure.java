package io.kemudi.simulation.replay;

/// How much of a reply has to be as recorded.
enum Measure {
  /// The status code and, for a refusal, its reason.
  STATUS,
  /// All but the texts of messages and warnings: so also causes with their fields, objects,
  /// headers.
  BEHAVIOUR,
  /// Everything.
  WHOLE
}
