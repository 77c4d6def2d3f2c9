package io.kemudi.proxy.dataplane;

/// The two kinds of addresses. A service may have one of each; what carries one never carries the
/// other.
public enum IpFamily {
  IPV4("ip", "ipv4_addr", "127.0.0.0/8"),
  IPV6("ip6", "ipv6_addr", "::1");

  private final String keyword;
  private final String type;
  private final String loopback;

  IpFamily(String keyword, String type, String loopback) {
    this.keyword = keyword;
    this.type = type;
    this.loopback = loopback;
  }

  /// Of an address or a range in text.
  public static IpFamily of(String address) {
    return address.contains(":") ? IPV6 : IPV4;
  }

  /// nftables' word for the family, its tables and its header.
  String keyword() {
    return keyword;
  }

  /// nftables' type of an address.
  String type() {
    return type;
  }

  /// Where a node talks to itself.
  String loopback() {
    return loopback;
  }
}
