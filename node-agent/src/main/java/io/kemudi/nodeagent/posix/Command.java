package io.kemudi.nodeagent.posix;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs an external program to its end, within a time limit and with bounded output. When the limit
/// passes the program is killed with all its descendants.
public final class Command {
  /// What a program said. `timedOut` means that it was killed; its exit code is then meaningless.
  public record Result(int exitCode, byte[] stdout, byte[] stderr, boolean timedOut) {
    public String out() {
      return new String(stdout, StandardCharsets.UTF_8);
    }

    public String err() {
      return new String(stderr, StandardCharsets.UTF_8);
    }

    public boolean succeeded() {
      return exitCode == 0 && !timedOut;
    }
  }

  private static final int OUTPUT_LIMIT_BYTES = 1 << 20;

  /// How long a pipe may stay open after the program ended, held by something it left behind.
  private static final Duration DRAIN = Duration.ofSeconds(1);

  private Command() {}

  /// Runs and demands success: otherwise an [IOException] with the program's own words.
  public static String check(Duration limit, List<String> command) throws IOException {
    return check(limit, "", command);
  }

  public static String check(Duration limit, String stdin, List<String> command)
      throws IOException {
    Result result = run(limit, stdin, OUTPUT_LIMIT_BYTES, command);
    if (result.timedOut()) {
      throw new IOException(name(command) + ": no end after " + limit.toMillis() + " ms");
    }
    if (result.exitCode() != 0) {
      String said = (result.err().isBlank() ? result.out() : result.err()).strip();
      throw new IOException(name(command) + ": exit code " + result.exitCode() + ": " + said);
    }
    return result.out();
  }

  /// Runs with at most `outputLimit` bytes kept of each output; the rest is read and dropped, so
  /// that the program is never blocked by us.
  public static Result run(Duration limit, String stdin, int outputLimit, List<String> command)
      throws IOException {
    Process process = new ProcessBuilder(command).start();
    Collector out = new Collector(process.getInputStream(), outputLimit);
    Collector err = new Collector(process.getErrorStream(), outputLimit);
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(stdin.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // The program did not want its input: its exit code tells whether that matters.
      }
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        killTree(process.toHandle());
        process.waitFor(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
      }
      return new Result(ended ? process.exitValue() : -1, out.bytes(), err.bytes(), !ended);
    } catch (InterruptedException e) {
      killTree(process.toHandle());
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + name(command), e);
    }
  }

  /// Kills a process and everything below it.
  public static void killTree(ProcessHandle process) {
    List<ProcessHandle> below = process.descendants().toList();
    process.destroyForcibly();
    below.forEach(ProcessHandle::destroyForcibly);
  }

  private static String name(List<String> command) {
    String line = String.join(" ", command);
    return line.length() <= 200 ? line : line.substring(0, 200) + "...";
  }

  /// Reads one output to its end on a thread of its own and keeps its first `limit` bytes.
  private static final class Collector implements Runnable {
    private final InputStream stream;
    private final int limit;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread thread;

    Collector(InputStream stream, int limit) {
      this.stream = stream;
      this.limit = limit;
      this.thread = Thread.ofVirtual().start(this);
    }

    @Override
    public void run() {
      byte[] buffer = new byte[8192];
      try (stream) {
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
          synchronized (kept) {
            kept.write(buffer, 0, Math.min(n, limit - kept.size()));
          }
        }
      } catch (IOException e) {
        // closed under us after the kill: what was read until then is the output
      }
    }

    byte[] bytes() throws InterruptedException {
      thread.join(DRAIN);
      synchronized (kept) {
        return kept.toByteArray();
      }
    }
  }
}
