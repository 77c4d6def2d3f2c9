package io.kemudi.nodeagent.streaming;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Which part of a log is wanted, by the query parameters of the API.
///
/// @param tailLines null for all
/// @param since null for all
/// @param limitBytes null for all
/// @param stream `stdout`, `stderr`, or "" for both
record LogOptions(
    boolean follow,
    boolean previous,
    boolean timestamps,
    @Nullable Long tailLines,
    @Nullable Instant since,
    @Nullable Long limitBytes,
    String stream) {

  /// @throws IllegalArgumentException naming the parameter that makes no sense
  static LogOptions of(Query query, Instant now) {
    Instant since = null;
    String seconds = query.first("sinceSeconds");
    if (!seconds.isEmpty()) {
      since = now.minusSeconds(number("sinceSeconds", seconds));
    }
    String time = query.first("sinceTime");
    if (!time.isEmpty()) {
      try {
        since = Instant.parse(time);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException("sinceTime is no RFC 3339 time: " + time, e);
      }
    }
    String stream = query.first("stream");
    return new LogOptions(
        query.flag("follow"),
        query.flag("previous"),
        query.flag("timestamps"),
        query.first("tailLines").isEmpty()
            ? null
            : Long.valueOf(number("tailLines", query.first("tailLines"))),
        since,
        query.first("limitBytes").isEmpty()
            ? null
            : Long.valueOf(number("limitBytes", query.first("limitBytes"))),
        stream.equalsIgnoreCase("all") ? "" : stream.toLowerCase(java.util.Locale.ROOT));
  }

  private static long number(String name, String text) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(name + " must be a number of at least 0: " + text);
  }
}
