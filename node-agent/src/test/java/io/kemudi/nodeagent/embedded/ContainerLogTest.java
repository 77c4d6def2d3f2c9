package io.kemudi.nodeagent.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogTest {
  private static final String STAMP = "2026-01-02T03:04:05.600000000Z";
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.6Z"));

  @TempDir Path folder;

  private static void write(ContainerLog.Lines lines, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    lines.write(bytes, bytes.length);
  }

  @Test
  void joinsALineThatArrivesInPieces() throws IOException {
    ContainerLog log = new ContainerLog(folder.resolve("0.log"), CLOCK);
    ContainerLog.Lines out = log.lines("stdout");

    write(out, "one\ntw");
    write(out, "o\n\nlast");
    out.end();

    assertThat(Files.readAllLines(folder.resolve("0.log")))
        .containsExactly(
            STAMP + " stdout F one",
            STAMP + " stdout F two",
            STAMP + " stdout F ",
            STAMP + " stdout F last");
  }

  @Test
  void cutsALongLineIntoMarkedPieces() throws IOException {
    ContainerLog log = new ContainerLog(folder.resolve("0.log"), CLOCK);
    ContainerLog.Lines err = log.lines("stderr");

    write(err, "x".repeat(40_000) + "\n");

    assertThat(Files.readAllLines(folder.resolve("0.log")))
        .containsExactly(
            STAMP + " stderr P " + "x".repeat(16384),
            STAMP + " stderr P " + "x".repeat(16384),
            STAMP + " stderr F " + "x".repeat(40_000 - 2 * 16384));
  }

  @Test
  void goesOnInANewFileAfterARotation() throws IOException {
    Path file = folder.resolve("0.log");
    ContainerLog log = new ContainerLog(file, CLOCK);
    ContainerLog.Lines out = log.lines("stdout");
    write(out, "old\n");
    Files.move(file, folder.resolve("0.log.1"));

    log.reopen();
    write(out, "new\n");

    assertThat(file).hasContent(STAMP + " stdout F new\n");
    assertThat(folder.resolve("0.log.1")).hasContent(STAMP + " stdout F old\n");
  }
}
