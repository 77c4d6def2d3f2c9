package io.kemudi.nodeagent.embedded;

import java.time.Instant;
import java.time.InstantSource;

/// CRI's stamps: nanoseconds since 1970.
final class Clock {
  private Clock() {}

  static long nanos(InstantSource source) {
    return nanos(source.instant());
  }

  static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
