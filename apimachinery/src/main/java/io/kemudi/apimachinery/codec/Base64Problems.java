package io.kemudi.apimachinery.codec;

/// Where padded base64 goes wrong, counted as Go's decoder counts.
final class Base64Problems {
  private Base64Problems() {}

  /// The position that Go names of the first mistake, or -1 when there is none. Line breaks are
  /// taken out before.
  static int firstBad(String text) {
    int length = text.length();
    for (int at = 0; at < length; at++) {
      char c = text.charAt(at);
      if (c == '=') {
        return padding(text, at);
      }
      if (!isLetter(c)) {
        return at;
      }
    }
    // What is left over of a group of four is told at its start.
    return length % 4 == 0 ? -1 : length - length % 4;
  }

  /// `=` ends a group that has two or three letters, and nothing follows.
  private static int padding(String text, int at) {
    int inGroup = at % 4;
    if (inGroup < 2) {
      return at;
    }
    if (inGroup == 2 && at + 1 == text.length()) {
      return text.length();
    }
    if (inGroup == 2 && text.charAt(at + 1) != '=') {
      return at;
    }
    int end = at + 4 - inGroup;
    return end < text.length() ? end : -1;
  }

  private static boolean isLetter(char c) {
    return c >= 'A' && c <= 'Z'
        || c >= 'a' && c <= 'z'
        || c >= '0' && c <= '9'
        || c == '+'
        || c == '/';
  }
}
