package io.kemudi.simulation.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The reviewed exceptions from "each scenario is replayed, begins with nothing and leaves
/// nothing": the resource `scenarios.txt`, a line `skip|keep PATTERN -- REASON` each.
final class ScenarioRules {
  private record Rule(Pattern names, String reason) {}

  private final List<Rule> skipped = new ArrayList<>();
  private final List<Rule> kept = new ArrayList<>();

  private ScenarioRules() {}

  static ScenarioRules reviewed() throws IOException {
    var rules = new ScenarioRules();
    for (String line : ReviewedFile.lines("scenarios.txt")) {
      String[] parts = line.split(" ", 4);
      if (parts.length != 4 || !parts[2].equals("--")) {
        throw new IOException("scenarios.txt: not skip|keep PATTERN -- REASON: " + line);
      }
      var rule = new Rule(Pattern.compile(parts[1]), parts[3]);
      switch (parts[0]) {
        case "skip" -> rules.skipped.add(rule);
        case "keep" -> rules.kept.add(rule);
        default -> throw new IOException("scenarios.txt: neither skip nor keep: " + line);
      }
    }
    return rules;
  }

  /// Why a scenario is not replayed; empty when it is.
  Optional<String> skip(Scenario scenario) {
    return find(skipped, scenario).map(Rule::reason);
  }

  /// The group of scenarios in which what one makes is there for the next; empty for those that
  /// stand alone.
  Optional<String> keep(Scenario scenario) {
    return find(kept, scenario).map(rule -> rule.names.pattern());
  }

  private static Optional<Rule> find(List<Rule> rules, Scenario scenario) {
    return rules.stream().filter(rule -> rule.names.matcher(scenario.name()).matches()).findFirst();
  }
}
