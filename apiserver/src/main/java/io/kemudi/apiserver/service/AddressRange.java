package io.kemudi.apiserver.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/// An IPv4 range in CIDR form. The network's own address and the broadcast address are not given
/// out.
record AddressRange(long first, int prefix) {
  private static final int BITS = 32;

  /// How many addresses at the lower end are left to those who ask for a certain one: a sixteenth,
  /// between 16 and 256, as upstream has it (KEP-3070).
  private static final int MIN_RESERVED = 16;

  private static final int MAX_RESERVED = 256;

  static AddressRange parse(String cidr) {
    int slash = cidr.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "service range \"" + cidr + "\" is not of the form 10.96.0.0/12");
    }
    int prefix = Integer.parseInt(cidr.substring(slash + 1));
    if (prefix < 8 || prefix > 30) {
      throw new IllegalArgumentException(
          "service range \"" + cidr + "\": between /8 and /30 addresses are wanted");
    }
    long address = toNumber(cidr.substring(0, slash));
    return new AddressRange(address & -(1L << (BITS - prefix)), prefix);
  }

  long size() {
    return 1L << (BITS - prefix);
  }

  boolean contains(String address) {
    try {
      long number = toNumber(address);
      return number > first && number < first + size() - 1;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  String at(long offset) {
    long number = first + offset;
    return (number >> 24 & 255)
        + "."
        + (number >> 16 & 255)
        + "."
        + (number >> 8 & 255)
        + "."
        + (number & 255);
  }

  /// A random address above those left to be asked for.
  long randomOffset(RandomGenerator random) {
    long reserved = Math.min(MAX_RESERVED, Math.max(MIN_RESERVED, size() / 16));
    long from = reserved < size() - 2 ? reserved : 1;
    return random.nextLong(from, size() - 1);
  }

  private static long toNumber(String address) {
    if (address.indexOf(':') >= 0 || !address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
      throw new IllegalArgumentException("\"" + address + "\" is not an IPv4 address");
    }
    try {
      long number = 0;
      for (byte part : InetAddress.getByName(address).getAddress()) {
        number = number << 8 | part & 255;
      }
      return number;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("\"" + address + "\" is not an IPv4 address", e);
    }
  }
}
