package io.kemudi.apimachinery.cel.library;

import io.kemudi.apimachinery.validation.Names;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A text format that has a name, such as `dns1123Label`.
///
/// @param check what is wrong with a text; nothing when it has the format
record NamedFormat(String name, Function<String, List<String>> check) {
  private static final Map<String, NamedFormat> ALL =
      Map.ofEntries(
          entry("dns1123Label", Names::dnsLabel),
          entry("dns1123Subdomain", Names::dnsSubdomain),
          entry("dns1035Label", Names::dns1035Label),
          entry("qualifiedName", Names::qualified),
          entry("dns1123LabelPrefix", text -> Names.dnsLabel(asPrefix(text))),
          entry("dns1123SubdomainPrefix", text -> Names.dnsSubdomain(asPrefix(text))),
          entry("dns1035LabelPrefix", text -> Names.dns1035Label(asPrefix(text))),
          entry("labelValue", Names::labelValue),
          entry("uri", text -> when(!UrlLibrary.isUrl(text), "invalid URI")),
          entry("uuid", text -> when(!isUuid(text), "does not match the UUID format")),
          entry("byte", text -> when(!isBase64(text), "invalid base64")),
          entry("date", text -> when(!isDate(text), "invalid date")),
          entry("datetime", text -> when(!isDateTime(text), "invalid datetime")));

  private static Map.Entry<String, NamedFormat> entry(
      String name, Function<String, List<String>> check) {
    return Map.entry(name, new NamedFormat(name, check));
  }

  static @Nullable NamedFormat find(String name) {
    return ALL.get(name);
  }

  static List<NamedFormat> all() {
    return List.copyOf(ALL.values());
  }

  /// A prefix may end in what a whole name may not.
  private static String asPrefix(String text) {
    return text.endsWith("-") ? text.substring(0, text.length() - 1) + "a" : text;
  }

  private static List<String> when(boolean wrong, String message) {
    return wrong ? List.of(message) : List.of();
  }

  private static boolean isUuid(String text) {
    try {
      return text.length() == 36 && UUID.fromString(text).toString().equalsIgnoreCase(text);
    } catch (IllegalArgumentException _) {
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

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }

  private static boolean isDateTime(String text) {
    try {
      OffsetDateTime.parse(text);
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NamedFormat format && name.equals(format.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
