package io.kemudi.launcher;

import io.kemudi.client.informer.Informers;
import io.kemudi.proxy.ServiceProxy;
import io.kemudi.proxy.ServiceProxyConfig;
import io.kemudi.proxy.dataplane.Dataplane;
import io.kemudi.proxy.dataplane.NftablesConfig;
import io.kemudi.proxy.dataplane.NftablesDataplane;
import io.kemudi.proxy.dataplane.UserspaceDataplane;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/// Chooses how Services are carried: by nftables where that works, else in user space.
final class Proxies {
  private static final int HEALTH_PORT = 10256;
  private static final Duration SETTLE = Duration.ofMillis(10);
  private static final Duration RESYNC = Duration.ofSeconds(30);

  private Proxies() {}

  static Dataplane dataplane(ClusterNames names, String podRange, String serviceRange) {
    return NftablesDataplane.problem().isEmpty()
        ? new NftablesDataplane(config(names, podRange, serviceRange))
        : new UserspaceDataplane();
  }

  /// Takes away what carried Services, also where the proxy was killed.
  static void remove(ClusterNames names) throws IOException {
    if (NftablesDataplane.problem().isEmpty()) {
      new NftablesDataplane(config(names, "0.0.0.0/0", "0.0.0.0/0")).remove();
    }
  }

  private static NftablesConfig config(ClusterNames names, String podRange, String serviceRange) {
    return new NftablesConfig(names.proxyTable(), podRange, serviceRange, Optional.empty());
  }

  /// All nodes of this machine share its network, so one proxy serves them.
  static ServiceProxy create(String node, Informers informers, Dataplane dataplane) {
    int port = HostNetwork.isFree(HEALTH_PORT) ? HEALTH_PORT : 0;
    return new ServiceProxy(
        new ServiceProxyConfig(node, new InetSocketAddress(port), false, SETTLE, RESYNC),
        informers,
        dataplane);
  }
}
