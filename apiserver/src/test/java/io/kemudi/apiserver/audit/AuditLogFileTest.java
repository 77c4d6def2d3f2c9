package io.kemudi.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class AuditLogFileTest {
  @TempDir Path dir;
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void eventsAreLinesThatTheirOwnerAloneReads() throws IOException {
    AuditLogFile file = file(new AuditLogFile.Limits(1000, 0, Duration.ZERO));

    file.write(List.of(event("a"), event("b")));
    file.write(List.of(event("c")));

    Path log = dir.resolve("audit.log");
    assertThat(Files.readString(log)).isEqualTo("a\nb\nc\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
        .isEqualTo("rw-------");
  }

  @Test
  void aFullFileIsPutAsideUnderItsTime() throws IOException {
    AuditLogFile file = file(new AuditLogFile.Limits(10, 0, Duration.ZERO));

    file.write(List.of(event("12345"), event("123"), event("1")));

    assertThat(names()).containsExactly("audit-2026-03-01T12-00-00.000.log", "audit.log");
    assertThat(Files.readString(dir.resolve("audit-2026-03-01T12-00-00.000.log")))
        .isEqualTo("12345\n123\n");
    assertThat(Files.readString(dir.resolve("audit.log"))).isEqualTo("1\n");
  }

  @Test
  void theOldestGoWhenThereAreTooMany() throws IOException {
    Files.writeString(dir.resolve("audit-of-mine.log"), "not ours");
    AuditLogFile file = file(new AuditLogFile.Limits(4, 2, Duration.ZERO));

    for (int i = 0; i < 5; i++) {
      file.write(List.of(event("12" + i)));
      now = now.plusSeconds(60);
    }

    assertThat(names())
        .containsExactly(
            "audit-2026-03-01T12-03-00.000.log",
            "audit-2026-03-01T12-04-00.000.log",
            "audit-of-mine.log",
            "audit.log");
    assertThat(Files.readString(dir.resolve("audit.log"))).isEqualTo("124\n");
  }

  @Test
  void andWhenTheyAreTooOld() throws IOException {
    AuditLogFile file = file(new AuditLogFile.Limits(4, 0, Duration.ofDays(2)));

    for (int i = 0; i < 4; i++) {
      file.write(List.of(event("12" + i)));
      now = now.plus(Duration.ofDays(1));
    }

    assertThat(names())
        .containsExactly(
            "audit-2026-03-02T12-00-00.000.log",
            "audit-2026-03-03T12-00-00.000.log",
            "audit-2026-03-04T12-00-00.000.log",
            "audit.log");
  }

  @Test
  void aSlowWriterLosesEventsAndNobodyWaits() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    List<String> written = new ArrayList<>();
    AuditQueue queue = new AuditQueue(writer(writing, go, written), 2, 0, 3);

    queue.record(event("0"));
    writing.await();
    for (int i = 1; i <= 5; i++) {
      queue.record(event(Integer.toString(i)));
    }
    assertThat(queue.dropped()).isEqualTo(2);
    go.countDown();
    queue.close();

    assertThat(written).containsExactly("0", "1,2", "3");
  }

  private static AuditQueue.Writer writer(
      CountDownLatch writing, CountDownLatch go, List<String> written) {
    return new AuditQueue.Writer() {
      @Override
      public String name() {
        return "a test";
      }

      @Override
      public void write(List<byte[]> events) throws IOException {
        writing.countDown();
        try {
          go.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        written.add(
            String.join(
                ",", events.stream().map(e -> new String(e, StandardCharsets.UTF_8)).toList()));
      }
    };
  }

  private AuditLogFile file(AuditLogFile.Limits limits) throws IOException {
    return new AuditLogFile(dir.resolve("audit.log"), limits, () -> now);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] event(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
