package io.kemudi.launcher;

import java.io.PrintStream;
import java.util.Locale;

/// What a user sees while something takes time: one line a step with the time it took since the
/// start. Colours only on a terminal.
public final class Progress {
  private final PrintStream out;
  private final boolean colours;
  private final long startNs;

  public Progress(PrintStream out, boolean colours, long startNs) {
    this.out = out;
    this.colours = colours;
    this.startNs = startNs;
  }

  /// `✓ API server on https://127.0.0.1:6443 0.9 s`
  public void done(String what) {
    double seconds = (System.nanoTime() - startNs) / 1e9;
    String mark = colours ? "\u001b[32m✓\u001b[0m" : "✓";
    out.printf(Locale.ROOT, "%s %-58s %5.1f s%n", mark, what, seconds);
    out.flush();
  }

  public void line(String text) {
    out.println(text);
    out.flush();
  }
}
