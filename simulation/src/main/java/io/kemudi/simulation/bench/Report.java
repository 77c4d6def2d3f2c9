package io.kemudi.simulation.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Prints rows as a table for people or as JSON for scripts.
public final class Report {
  private Report() {}

  public static void table(PrintStream out, List<Row> rows) {
    out.printf(
        Locale.ROOT,
        "%-34s %9s %10s %9s %9s %7s  %s%n",
        "",
        "ops",
        "per s",
        "p50 ms",
        "p99 ms",
        "x raw",
        "CPU ms per op");
    for (Row row : rows) {
      String ratio = row.ratio() > 0 ? String.format(Locale.ROOT, "%.2f", row.ratio()) : "-";
      String cpu =
          new TreeMap<>(row.cpuMs())
              .entrySet().stream()
                  .map(e -> String.format(Locale.ROOT, "%s %.3f", e.getKey(), e.getValue()))
                  .collect(Collectors.joining(", "));
      out.printf(
          Locale.ROOT,
          "%-34s %9d %10.0f %9.2f %9.2f %7s  %s%s%n",
          row.name(),
          row.operations(),
          row.perSecond(),
          row.p50Ms(),
          row.p99Ms(),
          ratio,
          cpu,
          row.failures() > 0 ? "  " + row.failures() + " FAILED" : "");
    }
  }

  public static String json(List<Row> rows, Map<String, Double> facts) {
    String lines = rows.stream().map(Report::json).collect(Collectors.joining(",\n    "));
    String extra =
        new TreeMap<>(facts)
            .entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "\"%s\": %.3f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
    return "{\n  \"facts\": {" + extra + "},\n  \"rows\": [\n    " + lines + "\n  ]\n}";
  }

  private static String json(Row row) {
    String cpu =
        new TreeMap<>(row.cpuMs())
            .entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "\"%s\": %.4f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "{\"name\": \"%s\", \"operations\": %d, \"perSecond\": %.1f, \"p50Ms\": %.3f, \"p99Ms\":"
            + " %.3f, \"ratio\": %.4f, \"cpuMs\": {%s}, \"failures\": %d}",
        row.name(),
        row.operations(),
        row.perSecond(),
        row.p50Ms(),
        row.p99Ms(),
        row.ratio(),
        cpu,
        row.failures());
  }
}
