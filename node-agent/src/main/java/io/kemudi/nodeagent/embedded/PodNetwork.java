package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.PortMapping;
import io.kemudi.nodeagent.posix.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The network of this node's pods: one bridge, a veth pair for each pod, addresses from the node's
/// range, a default route over the bridge. Pods leave the cluster under the node's address; inside
/// the cluster addresses stay what they are.
final class PodNetwork {
  private static final Logger LOG = LoggerFactory.getLogger(PodNetwork.class);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final PodNetworkConfig config;
  private final String table;
  private volatile @Nullable AddressPool pool;
  private volatile String problem = "the node's pod range is not known yet";

  PodNetwork(PodNetworkConfig config) {
    this.config = config;
    this.table = "kemudi-" + config.bridge();
  }

  /// Makes the bridge, or finds it made. Idempotent; does nothing while the range is unknown.
  synchronized void start(String podCidr) {
    if (podCidr.isEmpty() || pool != null) {
      return;
    }
    AddressPool addresses = new AddressPool(podCidr);
    try {
      Command.check(LIMIT, inNode("/bin/sh", "-ec", bridgeScript(addresses)));
      masquerade(podCidr);
      pool = addresses;
      problem = "";
    } catch (IOException e) {
      problem = "cannot set up the pod bridge: " + e.getMessage();
      LOG.error(problem);
    }
  }

  /// "" when pods can be connected, else why not.
  String problem() {
    return problem;
  }

  private String bridgeScript(AddressPool addresses) {
    String bridge = config.bridge();
    StringBuilder script = new StringBuilder();
    script.append(
        """
        [ -e /proc/sys/net/ipv4/ip_forward ] && echo 1 > /proc/sys/net/ipv4/ip_forward
        [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || { echo "net.ipv4.ip_forward is off and cannot be set" >&2; exit 1; }
        ip link show dev BRIDGE >/dev/null 2>&1 || ip link add BRIDGE type bridge
        ip addr replace GATEWAY/LENGTH dev BRIDGE
        ip link set BRIDGE up
        """
            .replace("BRIDGE", bridge)
            .replace("GATEWAY", addresses.gateway())
            .replace("LENGTH", String.valueOf(addresses.prefixLength())));
    for (String range : config.clusterRanges()) {
      // A high metric: a route to another node's pods is always preferred.
      script.append("ip route replace ").append(range).append(" dev ").append(bridge);
      script.append(" metric 4096\n");
    }
    // Without it, an answer between two pods of this node bypasses the translation of Services.
    script.append(
        """
        f=/proc/sys/net/bridge/bridge-nf-call-iptables
        [ -e $f ] || modprobe br_netfilter 2>/dev/null || true
        [ -e $f ] && echo 1 > $f
        [ "$(cat $f 2>/dev/null)" = 1 ] || { echo "net.bridge.bridge-nf-call-iptables cannot be set: load the module br_netfilter" >&2; exit 1; }
        """);
    return script.toString();
  }

  /// Pods leave the cluster under the node's address. Where nft is missing they cannot leave, which
  /// is no reason to refuse pods.
  private void masquerade(String podCidr) {
    List<String> inside =
        config.clusterRanges().isEmpty() ? List.of(podCidr) : config.clusterRanges();
    String rules =
        """
        add table ip %1$s
        delete table ip %1$s
        table ip %1$s {
          chain postrouting {
            type nat hook postrouting priority srcnat + 10; policy accept;
            ip saddr %2$s ip daddr != { %3$s } oifname != "%4$s" masquerade
          }
        }
        """
            .formatted(table, podCidr, String.join(", ", inside), config.bridge());
    try {
      Command.check(LIMIT, rules, inNode("nft", "-f", "-"));
    } catch (IOException e) {
      LOG.warn("pods cannot reach anything outside the cluster: {}", e.getMessage());
    }
  }

  /// Connects the namespace at `namespace` and returns the pod's address. `interfaceName` is the
  /// node's end.
  String attach(Path namespace, String interfaceName, List<PortMapping> ports) throws IOException {
    AddressPool addresses = pool;
    if (addresses == null) {
      throw new IOException("pod network is not ready: " + problem);
    }
    for (PortMapping port : ports) {
      if (port.getHostPort() > 0) {
        throw new IOException(
            "hostPort "
                + port.getHostPort()
                + " is not supported by the embedded runtime: use a Service of type NodePort");
      }
    }
    String address = addresses.take();
    try {
      String script =
          """
          ip -batch - <<END
          link add VETH mtu MTU type veth peer name eth0 mtu MTU netns NETNS
          link set VETH master BRIDGE up
          link set VETH type bridge_slave hairpin on
          END
          nsenter --net=NETNS ip -batch - <<END
          addr add ADDRESS/LENGTH dev eth0
          link set eth0 up
          route add default via GATEWAY dev eth0
          END
          """
              .replace("VETH", interfaceName)
              .replace("MTU", String.valueOf(config.mtu()))
              .replace("NETNS", namespace.toString())
              .replace("BRIDGE", config.bridge())
              .replace("ADDRESS", address)
              .replace("LENGTH", String.valueOf(addresses.prefixLength()))
              .replace("GATEWAY", addresses.gateway());
      Command.check(LIMIT, inNode("/bin/sh", "-ec", script));
      return address;
    } catch (IOException e) {
      addresses.release(address);
      throw e;
    }
  }

  /// Gives the address back; the interface goes with the namespace, and is deleted here so that its
  /// address stops answering at once. Idempotent.
  void detach(String interfaceName, String address) throws IOException {
    Command.run(LIMIT, "", 4096, inNode("ip", "link", "delete", interfaceName));
    AddressPool addresses = pool;
    if (addresses != null && !address.isEmpty()) {
      addresses.release(address);
    }
  }

  /// Tells of an address that a sandbox found on disk still has.
  void taken(String address) {
    AddressPool addresses = pool;
    if (addresses != null) {
      addresses.taken(address);
    }
  }

  /// Takes the bridge and its rules away. A bridge that somebody still hangs on stays.
  void remove() throws IOException {
    String script =
        """
        nft delete table ip "$1"
        [ -z "$(ip link show master "$0")" ] && ip link delete "$0"
        """;
    Command.run(LIMIT, "", 4096, inNode("/bin/sh", "-c", script, config.bridge(), table));
  }

  /// The command as it is run in the network namespace of the node.
  List<String> inNode(String... command) {
    List<String> all = new ArrayList<>();
    config.nodeNamespace().ifPresent(ns -> all.addAll(List.of("nsenter", "--net=" + ns)));
    all.addAll(List.of(command));
    return all;
  }

  Optional<Path> nodeNamespace() {
    return config.nodeNamespace();
  }
}
