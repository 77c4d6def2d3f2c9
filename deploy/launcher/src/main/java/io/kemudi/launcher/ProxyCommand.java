package io.kemudi.launcher;

import io.kemudi.client.api.ApiClient;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.proxy.ServiceProxy;
import io.kemudi.time.SystemTimers;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kemudi proxy`.
@Command(
    name = "proxy",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Carries Services to their pods on this node.",
    footer = {"", "Example:", "  kemudi proxy --kubeconfig proxy.conf --node-name n1"})
final class ProxyCommand implements Callable<Integer> {
  @Mixin private ApiConnection connection = new ApiConnection();

  @Option(names = "--node-name", description = "(default: this machine's host name)")
  private String nodeName = HostNetwork.nodeName();

  @Option(
      names = "--cluster-cidr",
      defaultValue = "10.244.0.0/16",
      description = "addresses of pods (default: ${DEFAULT-VALUE})")
  private String podRange = "";

  @Option(
      names = "--service-cluster-ip-range",
      defaultValue = "10.96.0.0/12",
      description = "addresses of Services (default: ${DEFAULT-VALUE})")
  private String serviceRange = "";

  @Override
  public Integer call() throws Exception {
    var process = new RoleProcess();
    var timers = process.keep(new SystemTimers());
    ApiClient client = connection.open(process, timers);
    var informers =
        process.keep(new SharedInformers(client, timers, ThreadLocalRandom.current().nextLong()));
    ServiceProxy proxy =
        process.keep(
            Proxies.create(
                nodeName,
                informers,
                Proxies.dataplane(new ClusterNames(""), podRange, serviceRange)));
    proxy.start();
    informers.start();
    process.run();
    return 0;
  }
}
