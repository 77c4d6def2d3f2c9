package io.kemudi.proxy.dataplane;

/// Where clients of a service send to.
public sealed interface Frontend {
  Protocol protocol();

  int port();

  /// A port of an address that is the service's own, such as its cluster IP.
  record Address(String ip, Protocol protocol, int port) implements Frontend {}

  /// A port of every address of the node but loopback.
  record NodePort(Protocol protocol, int port) implements Frontend {}
}
