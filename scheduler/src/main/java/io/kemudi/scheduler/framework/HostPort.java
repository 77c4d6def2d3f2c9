package io.kemudi.scheduler.framework;

/// A port of the node that a container wants for itself; `ip` "0.0.0.0" is every address.
public record HostPort(String ip, String protocol, int port) {
  private static final String EVERY_ADDRESS = "0.0.0.0";

  public HostPort {
    ip = ip.isEmpty() ? EVERY_ADDRESS : ip;
    protocol = protocol.isEmpty() ? "TCP" : protocol;
  }

  public boolean conflictsWith(HostPort other) {
    return port == other.port
        && protocol.equals(other.protocol)
        && (ip.equals(other.ip) || ip.equals(EVERY_ADDRESS) || other.ip.equals(EVERY_ADDRESS));
  }
}
