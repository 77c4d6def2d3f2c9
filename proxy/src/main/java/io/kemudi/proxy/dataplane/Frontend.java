package io.kemudi.proxy.dataplane;

/// Where clients of a service send to.
public sealed interface Frontend {
  IpFamily family();

  Protocol protocol();

  int port();

  /// A port of an address that is the service's own, such as its cluster IP.
  record Address(String ip, Protocol protocol, int port) implements Frontend {
    @Override
    public IpFamily family() {
      return IpFamily.of(ip);
    }
  }

  /// A port of every address of the node of that family but loopback.
  record NodePort(IpFamily family, Protocol protocol, int port) implements Frontend {}
}
