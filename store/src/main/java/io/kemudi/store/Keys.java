package io.kemudi.store;

import java.util.Comparator;

/// The order of keys, and the ends of the key space.
public final class Keys {
  /// No key is smaller.
  public static final String FIRST = "\0";

  /// The end of the range of all keys: the largest code point, which begins no key.
  public static final String END = "\uDBFF\uDFFF";

  /// By UTF-8 bytes, which is the order of code points.
  public static final Comparator<String> ORDER = Keys::compare;

  private Keys() {}

  /// As [String#compareTo], except that surrogates come after all other characters: UTF-16 sorts
  /// U+10000 before U+E000, UTF-8 does not.
  public static int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return rank(x) - rank(y);
      }
    }
    return a.length() - b.length();
  }

  private static int rank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  public static boolean inRange(String key, String start, String end) {
    return compare(key, start) >= 0 && compare(key, end) < 0;
  }
}
