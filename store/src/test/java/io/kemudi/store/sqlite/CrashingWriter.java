package io.kemudi.store.sqlite;

import io.kemudi.store.CrashHistory;
import io.kemudi.time.SystemTimers;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/// A process to be killed: writes to the store in `args[0]` and prints what was acknowledged, as
/// `WRITER NUMBER;` on a line.
final class CrashingWriter {
  private CrashingWriter() {}

  public static void main(String[] args) {
    try (var timers = new SystemTimers();
        var store = SqliteStore.open(Path.of(args[0]), timers);
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CrashHistory.WRITERS; i++) {
        int writer = i;
        var unused = tasks.submit(() -> CrashHistory.write(store, writer, CrashingWriter::print));
      }
    }
  }

  private static void print(int writer, int number) {
    System.out.println(writer + " " + number + ";");
    System.out.flush();
  }
}
