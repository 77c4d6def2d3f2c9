package io.kemudi.apimachinery.kinds.table;

import com.google.protobuf.Message;
import io.kemudi.kubernetes.meta.v1.MicroTime;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Duration;
import java.time.Instant;

/// Durations as a glance takes them: two units at most, and none finer than matters.
public final class HumanDuration {
  private static final String UNKNOWN = "<unknown>";

  private HumanDuration() {}

  public static String of(Duration duration) {
    long seconds = duration.toSeconds();
    // Clocks of two machines may differ a little.
    if (seconds < -1) {
      return "<invalid>";
    }
    if (seconds < 0) {
      return "0s";
    }
    if (seconds < 120) {
      return seconds + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 10) {
      return two(minutes, "m", seconds % 60, "s");
    }
    if (minutes < 180) {
      return minutes + "m";
    }
    long hours = minutes / 60;
    if (hours < 8) {
      return two(hours, "h", minutes % 60, "m");
    }
    if (hours < 48) {
      return hours + "h";
    }
    long days = hours / 24;
    if (days < 8) {
      return two(days, "d", hours % 24, "h");
    }
    if (days < 365 * 2) {
      return days + "d";
    }
    return days < 365 * 8 ? two(days / 365, "y", days % 365, "d") : days / 365 + "y";
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    return small == 0 ? large + largeUnit : large + largeUnit + small + smallUnit;
  }

  static String since(Time time, Instant now) {
    return isUnset(time) ? UNKNOWN : of(Duration.between(instant(time), now));
  }

  static String since(MicroTime time, Instant now) {
    return isUnset(time)
        ? UNKNOWN
        : of(Duration.between(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()), now));
  }

  static Instant instant(Time time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  static boolean isUnset(Message time) {
    return time.equals(time.getDefaultInstanceForType());
  }
}
