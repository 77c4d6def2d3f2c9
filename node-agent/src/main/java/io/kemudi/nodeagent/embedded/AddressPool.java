package io.kemudi.nodeagent.embedded;

import java.util.BitSet;

/// The pod addresses of one node, handed out in turn, so that an address rests as long as possible
/// before another pod gets it. What is in use is told at the start from the sandboxes on disk: they
/// are the record. Thread-safe.
final class AddressPool {
  private final int base;
  private final int prefix;
  private final int size;
  private final BitSet used = new BitSet();
  private int next = 2;

  /// @param cidr an IPv4 range from /16 to /29
  AddressPool(String cidr) {
    String[] parts = cidr.split("/", -1);
    if (parts.length != 2 || !parts[1].matches("\\d{1,2}")) {
      throw new IllegalArgumentException("pod range \"" + cidr + "\": want address/length");
    }
    prefix = Integer.parseInt(parts[1]);
    if (prefix < 16 || prefix > 29) {
      throw new IllegalArgumentException("pod range \"" + cidr + "\": want a length from 16 to 29");
    }
    size = 1 << (32 - prefix);
    base = number(parts[0]) & -size;
    used.set(0); // the network
    used.set(1); // the bridge
    used.set(size - 1); // the broadcast address
  }

  String gateway() {
    return text(base + 1);
  }

  int prefixLength() {
    return prefix;
  }

  /// A free address, or a refusal when all are taken.
  synchronized String take() {
    int free = used.nextClearBit(next);
    if (free >= size) {
      free = used.nextClearBit(0);
    }
    if (free >= size) {
      throw new IllegalStateException(
          "all " + (size - 3) + " pod addresses of the node are in use");
    }
    used.set(free);
    next = free + 1;
    return text(base + free);
  }

  /// Marks an address that a sandbox of an earlier life has. One outside the range is ignored: the
  /// node's range changed.
  synchronized void taken(String address) {
    int index = number(address) - base;
    if (index >= 0 && index < size) {
      used.set(index);
      next = Math.max(next, index + 1);
    }
  }

  synchronized void release(String address) {
    int index = number(address) - base;
    if (index > 1 && index < size - 1) {
      used.clear(index);
    }
  }

  private static int number(String address) {
    String[] bytes = address.split("\\.", -1);
    if (bytes.length != 4) {
      throw new IllegalArgumentException("\"" + address + "\" is not an IPv4 address");
    }
    int number = 0;
    for (String b : bytes) {
      int value = Integer.parseInt(b);
      if (value < 0 || value > 255) {
        throw new IllegalArgumentException("\"" + address + "\" is not an IPv4 address");
      }
      number = number << 8 | value;
    }
    return number;
  }

  private static String text(int n) {
    return (n >>> 24) + "." + (n >> 16 & 255) + "." + (n >> 8 & 255) + "." + (n & 255);
  }
}
