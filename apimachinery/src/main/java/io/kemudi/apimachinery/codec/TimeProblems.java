package io.kemudi.apimachinery.codec;

/// Why a text is no time, in the words of Go's parser, which clients of upstream know.
final class TimeProblems {
  private static final String WHOLE = "2006-01-02T15:04:05Z07:00";
  private static final String MICRO = "2006-01-02T15:04:05.000000Z07:00";

  /// Go's layout, element by element: what the next characters have to be.
  private static final String[] ELEMENTS = {
    "2006", "-", "01", "-", "02", "T", "15", ":", "04", ":", "05"
  };

  private TimeProblems() {}

  /// @param micro whether exactly six digits of fraction were wanted
  static String of(String text, boolean micro) {
    String layout = micro ? MICRO : WHOLE;
    int at = 0;
    for (String element : ELEMENTS) {
      if (!reads(text, at, element)) {
        return unread(text, layout, at, element);
      }
      String range = outOfRange(text, at, element);
      if (!range.isEmpty()) {
        return "parsing time \"" + text + "\": " + range + " out of range";
      }
      at += element.length();
    }
    if (micro && !isFraction(text, at)) {
      return unread(text, layout, at, ".000000");
    }
    at = micro ? at + 7 : afterFraction(text, at);
    if (!isZone(text, at)) {
      return unread(text, layout, at, "Z07:00");
    }
    int end = at + (text.charAt(at) == 'Z' ? 1 : 6);
    return end < text.length()
        ? "parsing time \"" + text + "\": extra text: \"" + text.substring(end) + "\""
        : "parsing time \"" + text + "\": day out of range";
  }

  private static String unread(String text, String layout, int at, String element) {
    String rest = text.substring(Math.min(at, text.length()));
    return "parsing time \"%s\" as \"%s\": cannot parse \"%s\" as \"%s\""
        .formatted(text, layout, rest, element);
  }

  private static boolean reads(String text, int at, String element) {
    return isDigit(element, 0)
        ? areDigits(text, at, element.length())
        : text.startsWith(element, at);
  }

  private static String outOfRange(String text, int at, String element) {
    return switch (element) {
      case "01" -> number(text, at) < 1 || number(text, at) > 12 ? "month" : "";
      case "15" -> number(text, at) > 23 ? "hour" : "";
      case "04" -> number(text, at) > 59 ? "minute" : "";
      case "05" -> number(text, at) > 59 ? "second" : "";
      default -> "";
    };
  }

  private static int number(String text, int at) {
    return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
  }

  private static boolean isFraction(String text, int at) {
    return text.startsWith(".", at) && areDigits(text, at + 1, 6);
  }

  private static int afterFraction(String text, int at) {
    if (!text.startsWith(".", at) || !isDigit(text, at + 1)) {
      return at;
    }
    int end = at + 1;
    while (isDigit(text, end)) {
      end++;
    }
    return end;
  }

  private static boolean isZone(String text, int at) {
    return text.startsWith("Z", at)
        || (text.startsWith("+", at) || text.startsWith("-", at))
            && areDigits(text, at + 1, 2)
            && text.startsWith(":", at + 3)
            && areDigits(text, at + 4, 2);
  }

  private static boolean areDigits(String text, int at, int count) {
    for (int i = at; i < at + count; i++) {
      if (!isDigit(text, i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }
}
