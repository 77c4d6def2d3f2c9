package io.kemudi.apimachinery.cel.library;

/// The one way to write an IPv6 address (RFC 5952): lower case, no leading zeros, the longest run
/// of at least two zero groups (the first of equals) as `::`.
final class Ipv6Text {
  private static final int GROUPS = 8;

  private Ipv6Text() {}

  static String write(byte[] bytes) {
    int gapStart = -1;
    int gapLength = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = 0;
      while (i + run < GROUPS && group(bytes, i + run) == 0) {
        run++;
      }
      if (run > gapLength) {
        gapStart = i;
        gapLength = run;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == gapStart) {
        text.append("::");
        i += gapLength - 1;
      } else {
        boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(first ? "" : ":").append(Integer.toHexString(group(bytes, i)));
      }
    }
    return text.toString();
  }

  private static int group(byte[] bytes, int index) {
    return (bytes[2 * index] & 0xff) << 8 | bytes[2 * index + 1] & 0xff;
  }
}
