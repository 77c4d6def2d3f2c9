package io.kemudi.apimachinery.cel.library;

import io.kemudi.apimachinery.validation.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An IP address as expressions see it. Immutable; the bytes are not handed out.
final class Ip {
  private final byte[] bytes;

  private Ip(byte[] bytes) {
    this.bytes = bytes;
  }

  static Ip ofBytes(byte[] bytes) {
    return new Ip(bytes.clone());
  }

  /// @throws IllegalArgumentException for what is no address, an address with a zone, or an IPv4
  ///   address written as IPv6
  static Ip parse(String text) {
    if (!isIp(text)) {
      throw new IllegalArgumentException(
          "IP Address \"" + text + "\" parse error during conversion from string: " + why(text));
    }
    return new Ip(address(text).getAddress());
  }

  static boolean isIp(String text) {
    return IpAddress.isV4(text) || IpAddress.isV6(text) && address(text).getAddress().length == 16;
  }

  private static String why(String text) {
    return text.indexOf(':') >= 0 && IpAddress.isV6(text)
        ? "IPv4-mapped IPv6 address is not allowed"
        : "ParseAddr(\"" + text + "\"): unable to parse IP";
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal); // a literal is never looked up
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  byte[] bytes() {
    return bytes.clone();
  }

  int bits() {
    return bytes.length * 8;
  }

  long family() {
    return bytes.length == 4 ? 4 : 6;
  }

  InetAddress inet() {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }

  /// A unicast address that is neither loopback nor link-local.
  boolean isGlobalUnicast() {
    InetAddress inet = inet();
    boolean broadcast = bytes.length == 4 && Arrays.equals(bytes, new byte[] {-1, -1, -1, -1});
    return !inet.isAnyLocalAddress()
        && !inet.isLoopbackAddress()
        && !inet.isMulticastAddress()
        && !inet.isLinkLocalAddress()
        && !broadcast;
  }

  /// The canonical text (RFC 5952).
  @Override
  public String toString() {
    return bytes.length == 4 ? inet().getHostAddress() : Ipv6Text.write(bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ip ip && Arrays.equals(bytes, ip.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
