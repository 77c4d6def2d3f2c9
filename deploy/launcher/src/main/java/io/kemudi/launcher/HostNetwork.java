package io.kemudi.launcher;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.Comparator;
import java.util.List;

/// What this machine is called and where it can be reached.
final class HostNetwork {
  private HostNetwork() {}

  /// The machine's host name in the form of a node's name.
  static String nodeName() {
    String name = System.getenv("HOSTNAME");
    try {
      if (name == null || name.isBlank()) {
        name = InetAddress.getLocalHost().getHostName();
      }
    } catch (IOException e) {
      name = "localhost"; // the machine does not know its own name
    }
    String clean = name.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
    clean = clean.replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
    return clean.isEmpty() ? "localhost" : clean;
  }

  /// The first address of this machine that others could dial, else loopback. Bridges of our own
  /// pods and of other container systems do not count.
  static String address() {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(HostNetwork::usable)
          .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
          .flatMap(NetworkInterface::inetAddresses)
          .filter(
              a -> a instanceof Inet4Address && !a.isLoopbackAddress() && !a.isLinkLocalAddress())
          .map(InetAddress::getHostAddress)
          .findFirst()
          .orElse("127.0.0.1");
    } catch (SocketException e) {
      return "127.0.0.1";
    }
  }

  private static boolean usable(NetworkInterface candidate) {
    List<String> bridges = List.of("kemudi", "cni", "docker", "br-", "virbr", "flannel", "vxlan");
    try {
      return candidate.isUp()
          && !candidate.isLoopback()
          && bridges.stream().noneMatch(candidate.getName()::startsWith);
    } catch (SocketException e) {
      return false;
    }
  }

  /// The first usable address of a range such as `10.96.0.0/12`: the Service `kubernetes`.
  static String firstOf(String range) {
    String address = range.substring(0, range.indexOf('/'));
    int lastDot = address.lastIndexOf('.');
    return address.substring(0, lastDot + 1)
        + (Integer.parseInt(address.substring(lastDot + 1)) + 1);
  }

  /// A port that is free now.
  static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UserError("no free port is left on this machine: " + Main.describe(e));
    }
  }

  static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new java.net.InetSocketAddress(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// Fails with a sentence when somebody else listens on `port`; 0 is always free.
  static void requireFree(int port, String option) {
    if (port == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new java.net.InetSocketAddress(port));
    } catch (IOException e) {
      throw new UserError(
          "port %d is taken (%s): end what listens there, or use %s with another port, 0 picks a free one"
              .formatted(port, Main.describe(e), option));
    }
  }
}
