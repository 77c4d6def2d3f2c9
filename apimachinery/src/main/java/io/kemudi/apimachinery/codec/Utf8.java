package io.kemudi.apimachinery.codec;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/// Facts of UTF-8 that the codecs share.
final class Utf8 {
  /// The order of the UTF-8 bytes, which is Go's order of strings. Java's own order differs where
  /// surrogates meet characters above them.
  static final Comparator<String> ORDER = Utf8::compare;

  private static final char REPLACEMENT = '\ufffd';

  private Utf8() {}

  private static int compare(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.isSurrogate(x) == Character.isSurrogate(y)
            ? Character.compare(x, y)
            : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /// The length of the well-formed character at `at`; 0 when there is none.
  static int sequenceLength(byte[] bytes, int at, int to) {
    int first = bytes[at] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
      return 0;
    }
    int length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (at + length > to || !continues(bytes[at + 1])) {
      return 0;
    }
    int second = bytes[at + 1] & 0xff;
    boolean inRange =
        switch (first) {
          case 0xe0 -> second >= 0xa0; // shorter form exists
          case 0xed -> second < 0xa0; // surrogates
          case 0xf0 -> second >= 0x90;
          case 0xf4 -> second < 0x90; // beyond U+10FFFF
          default -> true;
        };
    if (!inRange) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if (!continues(bytes[at + i])) {
        return 0;
      }
    }
    return length;
  }

  private static boolean continues(byte b) {
    return (b & 0xc0) == 0x80;
  }

  /// The text of bytes, each byte that belongs to no character read as U+FFFD, as Go does. Java
  /// takes the bytes of a character that was cut off together.
  static String decode(byte[] bytes, int from, int to) {
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0 ? text : repaired(bytes, from, to);
  }

  private static String repaired(byte[] bytes, int from, int to) {
    var text = new StringBuilder(to - from);
    int at = from;
    while (at < to) {
      int length = sequenceLength(bytes, at, to);
      if (length == 0) {
        text.append(REPLACEMENT);
        at++;
      } else {
        text.append(new String(bytes, at, length, StandardCharsets.UTF_8));
        at += length;
      }
    }
    return text.toString();
  }
}
