package io.kemudi.simulation.bench;

import java.util.Map;

/// One line of a benchmark's result. Rates are per second, times in milliseconds; `ratio` is the
/// rate over that of raw store transactions in the same run, 0 where that means nothing. `cpuMs` is
/// the CPU time per operation by process.
public record Row(
    String name,
    long operations,
    double perSecond,
    double p50Ms,
    double p99Ms,
    double ratio,
    Map<String, Double> cpuMs,
    long failures) {
  public Row {
    cpuMs = Map.copyOf(cpuMs);
  }
}
