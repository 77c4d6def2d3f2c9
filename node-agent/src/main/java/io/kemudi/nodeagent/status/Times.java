package io.kemudi.nodeagent.status;

import io.kemudi.kubernetes.meta.v1.MicroTime;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Instant;

/// Instants in the API's forms: whole seconds, or microseconds.
public final class Times {
  private Times() {}

  public static Time of(Instant instant) {
    return Time.newBuilder().setSeconds(instant.getEpochSecond()).setNanos(0).build();
  }

  /// From the nanoseconds since the epoch that CRI uses.
  public static Time ofNanos(long epochNs) {
    return of(instant(epochNs));
  }

  public static Instant instant(long epochNs) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNs, 1_000_000_000L), Math.floorMod(epochNs, 1_000_000_000L));
  }

  public static Instant instant(Time time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  public static MicroTime micro(Instant instant) {
    return MicroTime.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano() / 1_000 * 1_000)
        .build();
  }
}
