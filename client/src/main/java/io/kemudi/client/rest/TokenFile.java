package io.kemudi.client.rest;

import io.kemudi.time.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bearer token in a file that is renewed from time to time, as those of service accounts are.
/// Read again after a minute; a file that cannot be read leaves the last token in use.
public final class TokenFile implements Supplier<String> {
  private static final Logger log = LoggerFactory.getLogger(TokenFile.class);
  private static final long FRESH_NS = Duration.ofMinutes(1).toNanos();

  private final Path file;
  private final Timers timers;
  private String token;
  private long readNs;

  public TokenFile(Path file, Timers timers) throws IOException {
    this.file = file;
    this.timers = timers;
    this.token = Files.readString(file).strip();
    this.readNs = timers.nanoTime();
  }

  @Override
  public synchronized String get() {
    if (timers.nanoTime() - readNs >= FRESH_NS) {
      readNs = timers.nanoTime();
      try {
        token = Files.readString(file).strip();
      } catch (IOException e) {
        log.warn("token file {} cannot be read, the last token stays: {}", file, e.toString());
      }
    }
    return token;
  }
}
