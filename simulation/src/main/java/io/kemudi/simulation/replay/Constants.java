package io.kemudi.simulation.replay;

import java.util.Map;

/// Texts of the recording that stand for something of this run.
final class Constants {
  private Constants() {}

  static Map<String, String> of(Target target) {
    String server = target.server().getAuthority();
    return Map.of("<server>", server, "<external>", server);
  }
}
