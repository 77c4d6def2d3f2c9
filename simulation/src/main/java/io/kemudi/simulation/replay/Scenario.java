package io.kemudi.simulation.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Requests that belong together and share their placeholders.
///
/// @param tokens the recorded contents of the tokens `<jwt:N>`
record Scenario(String name, List<Exchange> exchanges, Map<?, ?> tokens) {
  Scenario {
    exchanges = List.copyOf(exchanges);
  }

  /// @param line a parsed line of a recording
  /// @throws IllegalArgumentException when it is none
  static Scenario of(Map<String, ?> line) {
    if (!(line.get("scenario") instanceof String name)
        || !(line.get("exchanges") instanceof List<?> list)) {
      throw new IllegalArgumentException("no \"scenario\" with \"exchanges\"");
    }
    var exchanges = new ArrayList<Exchange>();
    for (Object one : list) {
      @SuppressWarnings("unchecked")
      var fields = (Map<String, ?>) one;
      exchanges.add(new Exchange(name, exchanges.size(), fields));
    }
    return new Scenario(
        name, exchanges, line.get("jwts") instanceof Map<?, ?> jwts ? jwts : Map.of());
  }
}
