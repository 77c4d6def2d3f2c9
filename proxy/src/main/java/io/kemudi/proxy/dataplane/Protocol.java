package io.kemudi.proxy.dataplane;

import java.util.Locale;

/// The transport protocols that a Service may have.
public enum Protocol {
  TCP,
  UDP,
  SCTP;

  /// As nftables and conntrack write it.
  public String lowerCase() {
    return name().toLowerCase(Locale.ROOT);
  }
}
