package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Scores as a table for people, as JSON for scripts, and every difference as text.
final class Report {
  private Report() {}

  static String table(List<FileScore> scores) {
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-16s %9s %9s %7s %10s %7s %7s %8s %7s%n",
            "",
            "scenarios",
            "exchanges",
            "status",
            "behaviour",
            "whole",
            "wanted",
            "skipped",
            "s"));
    for (FileScore score : scores) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-16s %9d %9d %7.1f %10.1f %7.1f %7d %8d %7.1f%n",
              score.file(),
              score.scenarios(),
              score.outcomes().size(),
              score.percent(Measure.STATUS),
              score.percent(Measure.BEHAVIOUR),
              score.percent(Measure.WHOLE),
              score.wanted(),
              score.skipped().size(),
              score.seconds()));
    }
    return text.toString();
  }

  static String json(List<FileScore> scores) {
    var files = new ArrayList<Map<String, ?>>();
    for (FileScore score : scores) {
      var file = new LinkedHashMap<String, Object>();
      file.put("file", score.file());
      file.put("scenarios", (long) score.scenarios());
      file.put("exchanges", (long) score.outcomes().size());
      file.put("sameStatus", score.count(Measure.STATUS));
      file.put("sameBehaviour", score.count(Measure.BEHAVIOUR));
      file.put("wholeReply", score.count(Measure.WHOLE));
      file.put("wantedDifferences", score.wanted());
      file.put(
          "skipped",
          score.skipped().stream()
              .map(one -> Map.of("name", one.name(), "reason", one.reason()))
              .toList());
      files.add(file);
    }
    return new String(Json.indent(Json.write(Map.of("files", files))), StandardCharsets.UTF_8);
  }

  /// Every difference: `!` where even the status or the reason is another, `-` where more than
  /// words are, `~` where only words are; then what was skipped.
  static String differences(FileScore score) {
    var text = new StringBuilder(table(List.of(score)));
    for (Outcome outcome : score.outcomes()) {
      if (!outcome.holds(Measure.WHOLE)) {
        String mark = outcome.holds(Measure.BEHAVIOUR) ? "~ " : outcome.sameStatus() ? "- " : "! ";
        text.append(mark).append(outcome.exchange()).append('\n');
        outcome.differences().forEach(one -> text.append("    ").append(one).append('\n'));
      }
    }
    for (Outcome outcome : score.outcomes()) {
      for (Difference one : outcome.wanted()) {
        text.append("wanted ").append(outcome.exchange()).append(' ').append(one).append('\n');
      }
    }
    for (Skipped one : score.skipped()) {
      text.append("skipped ").append(one.name()).append(": ").append(one.reason()).append('\n');
    }
    return text.toString();
  }
}
