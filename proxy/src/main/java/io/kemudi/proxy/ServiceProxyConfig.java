package io.kemudi.proxy;

import java.net.InetSocketAddress;
import java.time.Duration;

/// @param node this node's name
/// @param health where `/healthz`, `/livez` and `/readyz` answer; port 0 picks a free one
/// @param externalIps whether `spec.externalIPs` of Services are served
/// @param settle how long changes are gathered before they are applied together
/// @param resync how often to look whether the dataplane still is in place when nothing changes
public record ServiceProxyConfig(
    String node, InetSocketAddress health, boolean externalIps, Duration settle, Duration resync) {
  public static ServiceProxyConfig of(String node) {
    return new ServiceProxyConfig(
        node,
        new InetSocketAddress("0.0.0.0", 10256),
        false,
        Duration.ofMillis(20),
        Duration.ofSeconds(30));
  }
}
