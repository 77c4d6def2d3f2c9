package io.kemudi.nodeagent.runtime;

/// A range of IPv4 addresses, `10.244.3.0/24`.
record Cidr(long base, int prefix) {
  static Cidr parse(String text) {
    String[] parts = text.split("/", -1);
    String[] bytes = parts[0].split("\\.", -1);
    if (parts.length != 2 || bytes.length != 4) {
      throw new IllegalArgumentException("not an IPv4 range such as 10.244.0.0/24: " + text);
    }
    long base = 0;
    for (String part : bytes) {
      base = base << 8 | Integer.parseInt(part);
    }
    return new Cidr(base, Integer.parseInt(parts[1]));
  }

  long hosts() {
    return (1L << (32 - prefix)) - 1; // the last one is the broadcast address
  }

  String address(int host) {
    long at = base + host;
    return "%d.%d.%d.%d".formatted(at >> 24 & 255, at >> 16 & 255, at >> 8 & 255, at & 255);
  }

  String text() {
    return address(0) + "/" + prefix;
  }
}
