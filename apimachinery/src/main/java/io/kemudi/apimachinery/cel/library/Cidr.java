package io.kemudi.apimachinery.cel.library;

/// A range of addresses, with the address it was written with.
record Cidr(Ip ip, int prefixLength) {
  /// @throws IllegalArgumentException for what is no range
  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String length = slash < 0 ? "" : text.substring(slash + 1);
    boolean number = !length.isEmpty() && length.length() <= 3 && isDigits(length);
    boolean padded = length.length() > 1 && length.charAt(0) == '0';
    if (slash >= 0 && number && !padded && Ip.isIp(text.substring(0, slash))) {
      Ip ip = Ip.parse(text.substring(0, slash));
      int bits = Integer.parseInt(length);
      if (bits <= ip.bits()) {
        return new Cidr(ip, bits);
      }
    }
    throw new IllegalArgumentException(
        "network address parse error during conversion from string: invalid CIDR address: " + text);
  }

  static boolean isCidr(String text) {
    try {
      parse(text);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  boolean contains(Ip other) {
    return other.bits() == ip.bits() && masked(other).equals(masked(ip));
  }

  boolean contains(Cidr other) {
    return prefixLength <= other.prefixLength && contains(other.ip);
  }

  Cidr masked() {
    return new Cidr(masked(ip), prefixLength);
  }

  private Ip masked(Ip address) {
    byte[] bytes = address.bytes();
    for (int bit = prefixLength; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    return Ip.ofBytes(bytes);
  }

  @Override
  public String toString() {
    return ip + "/" + prefixLength;
  }
}
