package io.kemudi.simulation.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The rows of a page for people that tell the scores, which are also the floors that a test holds:
/// `| file | scenarios | exchanges | status | behaviour | whole |`, percents with one decimal.
final class Page {
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| (\\w+) \\| +\\d+ \\| +\\d+ \\| +([0-9.]+) \\| +([0-9.]+) \\| +([0-9.]+) \\|$");

  /// Percents.
  record Floors(double status, double behaviour, double whole) {
    double of(Measure measure) {
      return switch (measure) {
        case STATUS -> status;
        case BEHAVIOUR -> behaviour;
        case WHOLE -> whole;
      };
    }
  }

  private Page() {}

  static List<String> files(String page) {
    var files = new ArrayList<String>();
    Matcher rows = ROW.matcher(page);
    while (rows.find()) {
      files.add(rows.group(1));
    }
    return files;
  }

  static Optional<Floors> floors(String page, String file) {
    return ROW.matcher(page)
        .results()
        .filter(row -> row.group(1).equals(file))
        .findFirst()
        .map(row ->
            new Floors(
                Double.parseDouble(row.group(2)),
                Double.parseDouble(row.group(3)),
                Double.parseDouble(row.group(4))));
  }

  /// The page with this score in its row.
  static String with(String page, FileScore score) {
    return ROW.matcher(page)
        .replaceAll(row ->
            Matcher.quoteReplacement(row.group(1).equals(score.file()) ? row(score) : row.group()));
  }

  private static String row(FileScore score) {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %.1f | %.1f | %.1f |",
        score.file(),
        score.scenarios(),
        score.outcomes().size(),
        down(score.percent(Measure.STATUS)),
        down(score.percent(Measure.BEHAVIOUR)),
        down(score.percent(Measure.WHOLE)));
  }

  /// To a tenth, never more than was reached.
  private static double down(double percent) {
    return Math.floor(percent * 10) / 10;
  }
}
