package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerMetadata;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.cri.v1.DNSConfig;
import io.kemudi.cri.v1.ImageSpec;
import io.kemudi.cri.v1.LinuxContainerConfig;
import io.kemudi.cri.v1.LinuxContainerResources;
import io.kemudi.cri.v1.LinuxContainerSecurityContext;
import io.kemudi.cri.v1.LinuxPodSandboxConfig;
import io.kemudi.cri.v1.LinuxSandboxSecurityContext;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.NamespaceOption;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxMetadata;
import io.kemudi.nodeagent.embedded.RuntimeServerConfig.LowLevelRuntime;
import io.kemudi.nodeagent.posix.Command;
import io.kemudi.nodeagent.runtime.CriRuntime;
import io.kemudi.nodeagent.runtime.PodEnding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A runtime in folders and a network namespace of its own, and a client. Closing it removes
/// everything it made on this machine.
final class RuntimeHarness implements AutoCloseable {
  static final String HOST_IMAGE = "kemudi.io/host:latest";
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String POD_CIDR = "10.244.7.0/24";

  final Path folder;
  private final String namespace;
  private final LowLevelRuntime low;
  private RuntimeServer server;
  private CriRuntime client;

  RuntimeHarness(LowLevelRuntime low) throws IOException {
    this.low = low;
    this.folder = Files.createTempDirectory("kemudi-runtime");
    this.namespace = "kit-" + folder.getFileName().toString().replaceAll("\\D", "").substring(0, 8);
    Command.check(LIMIT, List.of("ip", "netns", "add", namespace));
    Command.check(LIMIT, inNode("ip", "link", "set", "lo", "up"));
    server = newServer();
    server.start();
    client = new CriRuntime("unix://" + socket());
  }

  private RuntimeServer newServer() {
    return new RuntimeServer(
        new RuntimeServerConfig(
            socket(),
            folder.resolve("root"),
            folder.resolve("state"),
            new PodNetworkConfig(
                "kemudi0",
                POD_CIDR,
                List.of("10.96.0.0/12", "10.244.0.0/16"),
                1500,
                Optional.of(Path.of("/run/netns/" + namespace))),
            low,
            List.of()),
        InstantSource.system());
  }

  Path socket() {
    return folder.resolve("cri.sock");
  }

  RuntimeServer server() {
    return server;
  }

  CriRuntime cri() {
    return client;
  }

  /// Ends the runtime and starts another on the same folders.
  void restart() throws IOException {
    client.close();
    server.close();
    server = newServer();
    server.start();
    client = new CriRuntime("unix://" + socket());
  }

  List<Long> processesOf(String name) {
    return new Cgroup(pod(name).getLinux().getCgroupParent()).processes();
  }

  /// Ends the runtime, and then its pods without it, in at most `limit`.
  void removePods(Duration limit, PodEnding.Listener listener) throws IOException {
    client.close();
    server.close();
    newServer().removePods(new PodEnding(limit, listener));
    server = newServer();
    server.start();
    client = new CriRuntime("unix://" + socket());
  }

  List<String> inNode(String... command) {
    List<String> all =
        new java.util.ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
    all.addAll(List.of(command));
    return all;
  }

  String onNode(String... command) throws IOException {
    return Command.check(LIMIT, inNode(command));
  }

  PodSandboxConfig.Builder pod(String name) {
    return PodSandboxConfig.newBuilder()
        .setMetadata(
            PodSandboxMetadata.newBuilder()
                .setName(name)
                .setUid("uid-" + name)
                .setNamespace("default"))
        .setHostname(name)
        .setLogDirectory(folder.resolve("logs/" + name).toString())
        .setDnsConfig(DNSConfig.newBuilder().addServers("10.96.0.10").addSearches("cluster.local"))
        .putLabels("app", name)
        .setLinux(
            LinuxPodSandboxConfig.newBuilder()
                .setCgroupParent("/kemudi-it/" + namespace + "/" + name)
                .setSecurityContext(
                    LinuxSandboxSecurityContext.newBuilder()
                        .setNamespaceOptions(
                            NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER))));
  }

  ContainerConfig.Builder container(String name, String... command) {
    return ContainerConfig.newBuilder()
        .setMetadata(ContainerMetadata.newBuilder().setName(name))
        .setImage(ImageSpec.newBuilder().setImage(HOST_IMAGE))
        .addAllCommand(List.of(command))
        .setLogPath(name + "/0.log")
        .setLinux(
            LinuxContainerConfig.newBuilder()
                .setResources(LinuxContainerResources.getDefaultInstance())
                .setSecurityContext(
                    LinuxContainerSecurityContext.newBuilder()
                        .setNamespaceOptions(
                            NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER))));
  }

  /// A pod with one running container; the container's id.
  String run(String name, ContainerConfig config) {
    PodSandboxConfig pod = pod(name).build();
    String sandbox = client.runPodSandbox(pod, "");
    String id = client.createContainer(sandbox, config, pod);
    client.startContainer(id);
    return id;
  }

  String sandboxOf(String name) {
    return client.listPodSandbox(Map.of("app", name)).getFirst().getId();
  }

  ContainerStatus awaitExit(String id) throws InterruptedException {
    for (int i = 0; i < 2000; i++) {
      ContainerStatus status = client.containerStatus(id);
      if (status.getState() == ContainerState.CONTAINER_EXITED) {
        return status;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("container " + id + " runs after 20 s: " + client.containerStatus(id));
  }

  String log(String id) throws IOException {
    return Files.readString(Path.of(client.containerStatus(id).getLogPath()));
  }

  @Override
  public void close() throws IOException {
    try {
      for (var sandbox : client.listPodSandbox(Map.of())) {
        client.stopPodSandbox(sandbox.getId());
        client.removePodSandbox(sandbox.getId());
      }
    } finally {
      client.close();
      server.close();
      Command.run(LIMIT, "", 4096, List.of("umount", "-l", folder + "/state/namespaces"));
      Command.run(LIMIT, "", 4096, List.of("ip", "netns", "delete", namespace));
      new Cgroup("/kemudi-it/" + namespace).remove();
      new Cgroup("/kemudi-it").remove();
      Records.deleteTree(folder);
    }
  }
}
