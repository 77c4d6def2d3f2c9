package io.kemudi.apimachinery.crd;

import com.google.re2j.Pattern;
import io.kemudi.apimachinery.validation.IpAddress;
import io.kemudi.apimachinery.validation.Names;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The formats of text and numbers that upstream checks in custom resources. An unknown format is
/// no demand.
final class Formats {
  private static final Pattern EMAIL =
      Pattern.compile("[^@\\s<>()\\[\\],;:\"]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
  private static final Pattern UUID =
      Pattern.compile("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
  private static final Pattern HOSTNAME =
      Pattern.compile(
          "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\\.?");
  private static final Pattern MAC =
      Pattern.compile("(?i)([0-9a-f]{2}[:-]){5}[0-9a-f]{2}|([0-9a-f]{4}\\.){2}[0-9a-f]{4}");
  private static final Pattern HEX_COLOR = Pattern.compile("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})");
  private static final Pattern RGB_COLOR =
      Pattern.compile("rgb\\(\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*\\)");
  private static final Pattern ISBN = Pattern.compile("(?:\\d[- ]?){9}[\\dXx]|(?:\\d[- ]?){13}");
  private static final Pattern CARD = Pattern.compile("(?:\\d[- ]?){12,18}\\d");
  private static final Pattern SSN = Pattern.compile("\\d{3}[- ]?\\d{2}[- ]?\\d{4}");
  private static final Pattern DURATION =
      Pattern.compile(
          "[-+]?(0|(\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)"
              + "((\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))*)|\\d+ ?(ns|nano|us|micro|ms|milli"
              + "|s|sec|second|m|min|minute|h|hr|hour|d|day|w|wk|week)s?");

  private static final Map<String, Predicate<String>> TEXT =
      Map.ofEntries(
          Map.entry("date-time", Formats::isDateTime),
          Map.entry("datetime", Formats::isDateTime),
          Map.entry("date", Formats::isDate),
          Map.entry("duration", text -> DURATION.matches(text.toLowerCase(Locale.ROOT))),
          Map.entry("email", EMAIL::matches),
          Map.entry("hostname", text -> text.length() <= 253 && HOSTNAME.matches(text)),
          Map.entry("ipv4", IpAddress::isV4),
          Map.entry("ipv6", IpAddress::isV6),
          Map.entry("cidr", IpAddress::isCidr),
          Map.entry("mac", MAC::matches),
          Map.entry("uri", Formats::isUri),
          Map.entry("uuid", UUID::matches),
          Map.entry("uuid3", UUID::matches),
          Map.entry("uuid4", UUID::matches),
          Map.entry("uuid5", UUID::matches),
          Map.entry("byte", Formats::isBase64),
          Map.entry("hexcolor", HEX_COLOR::matches),
          Map.entry("rgbcolor", RGB_COLOR::matches),
          Map.entry("isbn", ISBN::matches),
          Map.entry("isbn10", ISBN::matches),
          Map.entry("isbn13", ISBN::matches),
          Map.entry("creditcard", CARD::matches),
          Map.entry("ssn", SSN::matches),
          Map.entry("k8s-short-name", text -> Names.dnsLabel(text).isEmpty()),
          Map.entry("k8s-long-name", text -> Names.dnsSubdomain(text).isEmpty()));

  /// Known, though nothing is asked of their values.
  private static final Set<String> OTHERS =
      Set.of("bsonobjectid", "password", "int32", "int64", "float", "double");

  private Formats() {}

  static boolean isKnown(String format) {
    return TEXT.containsKey(format) || OTHERS.contains(format);
  }

  static boolean has(String format, Object value) {
    if (value instanceof String text) {
      Predicate<String> check = TEXT.get(format);
      return check == null || check.test(text);
    }
    if (format.equals("int32") && value instanceof Number number) {
      return number.doubleValue() >= Integer.MIN_VALUE && number.doubleValue() <= Integer.MAX_VALUE;
    }
    if (format.equals("int64") && value instanceof Double number) {
      return Math.abs(number) < 0x1p63;
    }
    return true;
  }

  private static boolean isDateTime(String text) {
    try {
      OffsetDateTime.parse(text);
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }

  private static boolean isUri(String text) {
    try {
      return new URI(text).isAbsolute() || text.startsWith("/");
    } catch (URISyntaxException _) {
      return false;
    }
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return text.length() % 4 == 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
