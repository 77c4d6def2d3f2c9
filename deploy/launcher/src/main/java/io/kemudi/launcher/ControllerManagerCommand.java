package io.kemudi.launcher;

import io.kemudi.client.api.ApiClient;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.controllermanager.ControllerManager;
import io.kemudi.time.SystemTimers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kemudi controller-manager`. All controllers act under the identity of the connection, which
/// needs the rights of all of them.
@Command(
    name = "controller-manager",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs the controllers. Of several, the leader works.",
    footer = {
      "",
      "Example:",
      "  kemudi controller-manager --kubeconfig admin.conf --root-ca-file ca.crt",
    })
final class ControllerManagerCommand implements Callable<Integer> {
  @Mixin private ApiConnection connection = new ApiConnection();

  @Option(names = "--root-ca-file", required = true, description = "published in every namespace")
  private Path rootCa = Path.of("");

  @Option(
      names = "--cluster-cidr",
      defaultValue = "10.244.0.0/16",
      description = "cut into a /24 a node (default: ${DEFAULT-VALUE})")
  private String podRange = "";

  @Option(
      names = "--node-monitor-grace-period",
      defaultValue = "PT50S",
      description = "how long a node may be silent (default: ${DEFAULT-VALUE})")
  private Duration gracePeriod = Duration.ZERO;

  @Override
  public Integer call() throws Exception {
    ApiConnection.requireFile("--root-ca-file", rootCa);
    var process = new RoleProcess();
    var timers = process.keep(new SystemTimers());
    ApiClient client = connection.open(process, timers);
    Leadership.await(process, client, "kube-controller-manager", timers);
    var informers =
        process.keep(new SharedInformers(client, timers, ThreadLocalRandom.current().nextLong()));
    var events = process.keep(new EventRecorder(client, "kube-controller-manager", "", timers));
    events.start();
    var manager =
        process.keep(
            new ControllerManager(
                ControllerManager.Clients.shared(client, events),
                informers,
                timers,
                new ControllerManager.Config(Files.readString(rootCa), podRange, gracePeriod)));
    manager.start();
    process.run();
    return 0;
  }
}
