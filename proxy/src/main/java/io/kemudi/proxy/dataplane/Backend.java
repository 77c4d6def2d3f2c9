package io.kemudi.proxy.dataplane;

/// A pod's address and port that takes a service's traffic.
public record Backend(String ip, int port) implements Comparable<Backend> {
  @Override
  public int compareTo(Backend other) {
    int byIp = ip.compareTo(other.ip);
    return byIp != 0 ? byIp : Integer.compare(port, other.port);
  }
}
