package io.kemudi.simulation.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// CPU time and memory of processes, from `/proc`.
final class ProcessCpu {
  /// USER_HZ: 100 on every Linux that Java runs on.
  private static final double MS_PER_TICK = 10;

  private ProcessCpu() {}

  /// Milliseconds of CPU that each process has used, by name; one that is gone has no entry.
  static Map<String, Double> usedMs(Map<String, Long> processes) {
    var used = new LinkedHashMap<String, Double>();
    processes.forEach((name, pid) -> {
      try {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        used.put(name, (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MS_PER_TICK);
      } catch (IOException e) {
        // gone: no entry
      }
    });
    return used;
  }

  /// Resident memory in MB, 0 when the process is gone.
  static double residentMb(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
        }
      }
    } catch (IOException e) {
      // gone
    }
    return 0;
  }
}
