package io.kemudi.apimachinery.validation;

import java.net.InetAddress;
import java.util.Optional;

/// A range of IP addresses: a network's address and how many of its leading bits count.
///
/// @param address as it was given, bits beyond the prefix included
/// @param prefixLength 0 to 32, or to 128 for IPv6
public record Cidr(InetAddress address, int prefixLength) {
  /// Empty for a text that is none.
  public static Optional<Cidr> parse(String text) {
    if (!IpAddress.isCidr(text)) {
      return Optional.empty();
    }
    int slash = text.indexOf('/');
    return Optional.of(
        new Cidr(
            InetAddress.ofLiteral(text.substring(0, slash)),
            Integer.parseInt(text, slash + 1, text.length(), 10)));
  }

  public boolean isV6() {
    return address.getAddress().length > 4;
  }

  /// Whether `other` lies in this range and is smaller.
  public boolean strictlyContains(Cidr other) {
    byte[] ours = address.getAddress();
    byte[] theirs = other.address.getAddress();
    if (ours.length != theirs.length || prefixLength >= other.prefixLength) {
      return false;
    }
    for (int bit = 0; bit < prefixLength; bit++) {
      int mask = 0x80 >> (bit & 7);
      if ((ours[bit >> 3] & mask) != (theirs[bit >> 3] & mask)) {
        return false;
      }
    }
    return true;
  }

  /// Whether bits are set that the prefix leaves out, as in `10.0.0.1/24`.
  public boolean hasHostBits() {
    byte[] bytes = address.getAddress();
    for (int bit = prefixLength; bit < bytes.length * 8; bit++) {
      if ((bytes[bit >> 3] & 0x80 >> (bit & 7)) != 0) {
        return true;
      }
    }
    return false;
  }
}
