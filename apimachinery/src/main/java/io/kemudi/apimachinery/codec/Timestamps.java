package io.kemudi.apimachinery.codec;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/// RFC 3339 times as Kubernetes writes and reads them: in UTC, with whole seconds or with exactly
/// six digits of fraction.
public final class Timestamps {
  /// Go's zero time, the first second of year 1, which counts as no time at all.
  static final long ZERO_SECONDS = -62135596800L;

  /// Enough for [#format(byte[], long, int, boolean)].
  static final int MAX_LENGTH = 40;

  private Timestamps() {}

  /// `2026-11-20T11:54:39Z`.
  public static String format(Instant time) {
    byte[] text = new byte[MAX_LENGTH];
    int length = format(text, time.getEpochSecond(), 0, false);
    return new String(text, 0, length, StandardCharsets.US_ASCII);
  }

  /// `2026-11-20T11:54:39.000006Z`.
  public static String formatMicro(Instant time) {
    byte[] text = new byte[MAX_LENGTH];
    int length = format(text, time.getEpochSecond(), time.getNano(), true);
    return new String(text, 0, length, StandardCharsets.US_ASCII);
  }

  /// Writes the time as ASCII and returns its length.
  static int format(byte[] into, long seconds, int nanos, boolean micro) {
    long days = Math.floorDiv(seconds, 86400L);
    int second = (int) (seconds - days * 86400);
    // Civil date from days (Howard Hinnant's algorithm): eras of 400 years that begin in March.
    long shifted = days + 719468;
    long era = Math.floorDiv(shifted, 146097L);
    int dayOfEra = (int) (shifted - era * 146097);
    int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int monthFromMarch = (5 * dayOfYear + 2) / 153;
    int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    int day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
    long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
    if (year < 0 || year > 9999) {
      throw new CodecException("time " + seconds + " seconds from 1970 has no RFC 3339 form");
    }
    int at = two(into, two(into, 0, (int) year / 100), (int) year % 100);
    into[at++] = '-';
    at = two(into, at, month);
    into[at++] = '-';
    at = two(into, at, day);
    into[at++] = 'T';
    at = two(into, at, second / 3600);
    into[at++] = ':';
    at = two(into, at, second / 60 % 60);
    into[at++] = ':';
    at = two(into, at, second % 60);
    if (micro) {
      int micros = nanos / 1000;
      into[at++] = '.';
      at = two(into, two(into, two(into, at, micros / 10000), micros / 100 % 100), micros % 100);
    }
    into[at++] = 'Z';
    return at;
  }

  private static int two(byte[] into, int at, int value) {
    into[at] = (byte) ('0' + value / 10);
    into[at + 1] = (byte) ('0' + value % 10);
    return at + 2;
  }

  /// The moment that the text names.
  ///
  /// @param micro whether exactly six digits of fraction are wanted, as in MicroTime; else any
  ///   fraction may stand
  /// @throws CodecException when the text is not such a time
  public static Instant parse(String text, boolean micro) {
    try {
      return read(text, micro);
    } catch (IndexOutOfBoundsException | DateTimeException | NumberFormatException e) {
      String form = micro ? "2006-01-02T15:04:05.000000Z" : "2006-01-02T15:04:05Z";
      throw new CodecException("got \"" + text + "\", want a time such as " + form);
    }
  }

  private static Instant read(String text, boolean micro) {
    expect(text, 4, '-');
    expect(text, 7, '-');
    expect(text, 10, 'T');
    expect(text, 13, ':');
    expect(text, 16, ':');
    LocalDate date = LocalDate.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
    int hour = limited(digits(text, 11, 13), 23);
    int minute = limited(digits(text, 14, 16), 59);
    int second = limited(digits(text, 17, 19), 59);
    int at = 19;
    int nanos = 0;
    if (text.charAt(at) == '.') {
      int end = ++at;
      while (text.charAt(end) >= '0' && text.charAt(end) <= '9') {
        end++;
      }
      String fraction = text.substring(at, end);
      if (fraction.isEmpty() || (micro && fraction.length() != 6)) {
        throw new DateTimeException("fraction");
      }
      String nine = (fraction + "000000000").substring(0, 9);
      nanos = digits(nine, 0, 9);
      at = end;
    } else if (micro) {
      throw new DateTimeException("fraction");
    }
    long local = date.toEpochDay() * 86400 + hour * 3600L + minute * 60L + second;
    return Instant.ofEpochSecond(local - offsetSeconds(text, at), nanos);
  }

  private static int offsetSeconds(String text, int at) {
    char sign = text.charAt(at);
    if (sign == 'Z' && text.length() == at + 1) {
      return 0;
    }
    expect(text, at + 3, ':');
    if ((sign != '+' && sign != '-') || text.length() != at + 6) {
      throw new DateTimeException("zone");
    }
    int hours = limited(digits(text, at + 1, at + 3), 24);
    int seconds = hours * 3600 + limited(digits(text, at + 4, at + 6), 60) * 60;
    return sign == '-' ? -seconds : seconds;
  }

  private static void expect(String text, int at, char wanted) {
    if (text.charAt(at) != wanted) {
      throw new DateTimeException("expected " + wanted);
    }
  }

  private static int limited(int value, int max) {
    if (value > max) {
      throw new DateTimeException("out of range");
    }
    return value;
  }

  private static int digits(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw new NumberFormatException();
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
