package io.kemudi.launcher;

import io.kemudi.nodeagent.embedded.PodNetworkConfig;
import io.kemudi.nodeagent.embedded.RuntimeServer;
import io.kemudi.nodeagent.embedded.RuntimeServerConfig;
import io.kemudi.nodeagent.embedded.RuntimeServerConfig.LowLevelRuntime;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kemudi runtime`.
@Command(
    name = "runtime",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs containers and serves the Container Runtime Interface on a unix socket.",
      "Its containers outlive the node agent, and a new start of it finds them again."
    },
    footer = {
      "",
      "Example:",
      "  kemudi runtime --socket /run/kemudi/cri.sock --root /var/lib/kemudi-runtime \\",
      "      --state /run/kemudi/runtime --pod-cidr 10.244.0.0/24",
    })
final class RuntimeCommand implements Callable<Integer> {
  @Option(names = "--socket", required = true, description = "the unix socket to serve on")
  private Path socket = Path.of("");

  @Option(names = "--root", required = true, description = "images and records, kept over reboots")
  private Path root = Path.of("");

  @Option(names = "--state", required = true, description = "what a reboot ends, best on tmpfs")
  private Path state = Path.of("");

  @Option(
      names = "--bridge",
      defaultValue = "kemudi0",
      description = "the bridge that pods hang on (default: ${DEFAULT-VALUE})")
  private String bridge = "";

  @Option(
      names = "--pod-cidr",
      defaultValue = "",
      description = "this node's pod range; left out, the node agent tells it")
  private String podCidr = "";

  @Option(
      names = "--cluster-ranges",
      split = ",",
      defaultValue = "10.96.0.0/12,10.244.0.0/16",
      description = "kept from leaving the machine (default: ${DEFAULT-VALUE})")
  private List<String> clusterRanges = new ArrayList<>();

  @Option(
      names = "--low-level",
      defaultValue = "auto",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private LowLevelRuntime low = LowLevelRuntime.AUTO;

  @Option(names = "--hide", split = ",", description = "folders that host-image pods must not see")
  private List<Path> hidden = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    var network = new PodNetworkConfig(bridge, podCidr, clusterRanges, 1500, Optional.empty());
    var config = new RuntimeServerConfig(socket, root, state, network, low, hidden);
    var server = new RuntimeServer(config, InstantSource.system());
    server.start();
    var end = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  server.close();
                  end.countDown();
                }));
    end.await();
    return 0;
  }
}
