package io.kemudi.apiserver.storage;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Which revision was the last of each second in which something changed: enough to read the past
/// by time. In memory and bounded, so it tells of this server's own life and of the newest such
/// seconds only; after a restart it begins anew.
///
/// Wall clocks order nothing here: a clock that is set back only makes answers about that hour
/// wrong, as the newer note of a second replaces the older. Thread-safe.
final class RevisionTimes {
  /// Five and a half hours of changes in every second; a quiet cluster's days. About 1.5 MB.
  private static final int MAX_SECONDS = 20_000;

  /// Seconds since the epoch -> the last revision reached in them.
  private final TreeMap<Long, Long> lastOfSecond = new TreeMap<>();

  synchronized void note(Instant now, long revision) {
    lastOfSecond.put(now.getEpochSecond(), revision);
    if (lastOfSecond.size() > MAX_SECONDS) {
      lastOfSecond.pollFirstEntry();
    }
  }

  /// The revision that was the newest at the end of that second; empty for times before the first
  /// note.
  synchronized OptionalLong at(Instant time) {
    Map.Entry<Long, Long> entry = lastOfSecond.floorEntry(time.getEpochSecond());
    return entry == null ? OptionalLong.empty() : OptionalLong.of(entry.getValue());
  }

  /// The first second that is known; empty when nothing is.
  synchronized java.util.Optional<Instant> first() {
    return lastOfSecond.isEmpty()
        ? java.util.Optional.empty()
        : java.util.Optional.of(Instant.ofEpochSecond(lastOfSecond.firstKey()));
  }
}
