package io.kemudi.launcher;

import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.informer.Informers;
import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.http.TlsMaterial;
import io.kemudi.kubernetes.coordination.v1.Lease;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.launcher.ClusterFile.NodeEntry;
import io.kemudi.launcher.ClusterFile.ProcessId;
import io.kemudi.launcher.pki.ClusterCertificates;
import io.kemudi.launcher.pki.KeyAndCertificate;
import io.kemudi.nodeagent.agent.NodeAgent;
import io.kemudi.nodeagent.agent.NodeAgentConfig;
import io.kemudi.nodeagent.runtime.CriRuntime;
import io.kemudi.nodeagent.runtime.HollowRuntime;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.time.Timers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// The nodes of this machine. The first one's agent runs in the server's process; further ones and
/// all embedded runtimes have processes of their own, so that they can be lost one by one and
/// runtimes outlive the server.
final class Nodes {
  private static final int KUBELET_PORT = 10250;
  private static final String NODE_LEASES = "kube-node-lease";

  /// A unix socket's path has room for 107 characters.
  private static final int MAX_SOCKET_PATH = 107;

  private static final Duration RUNTIME_LIMIT = Duration.ofSeconds(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

  private final DataDirectory directory;
  private final UpOptions options;
  private final ClusterCertificates certificates;
  private final String address;
  private final String firstName;
  private final ClusterNames names;
  private final List<NodeEntry> entries = new ArrayList<>();

  /// By node; what really runs there.
  private final Map<String, Runtime> runtimes = new ConcurrentHashMap<>();

  /// By node: the revision of its lease before its agent was started.
  private Map<String, String> oldLeases = Map.of();

  Nodes(
      DataDirectory directory,
      UpOptions options,
      ClusterCertificates certificates,
      String address,
      String firstName) {
    this.directory = directory;
    this.options = options;
    this.certificates = certificates;
    this.address = address;
    this.firstName = firstName;
    this.names = ClusterNames.of(directory);
  }

  List<NodeEntry> entries() {
    return List.copyOf(entries);
  }

  /// Starts the runtimes that are needed, or finds those that still run from before: their pods go
  /// on as if nothing had happened. Does not wait for them.
  void startRuntimes() throws IOException {
    List<NodeEntry> before =
        ClusterFile.read(directory.clusterFile()).map(ClusterFile::nodes).orElse(List.of());
    for (int i = 0; i < options.nodes(); i++) {
      String name = i == 0 ? firstName : firstName + "-" + (i + 1);
      Optional<NodeEntry> old = before.stream().filter(n -> n.name().equals(name)).findFirst();
      // An agent of an earlier server would fight with the new one.
      old.map(NodeEntry::agent).ifPresent(a -> ChildProcess.end(a, Duration.ofSeconds(10)));
      Files.createDirectories(directory.node(name));
      entries.add(
          switch (options.runtime()) {
            case HOLLOW -> new NodeEntry(name, "", null, null);
            case CRI -> new NodeEntry(name, criSocket(), null, null);
            case AUTO, EMBEDDED -> embedded(name, i, old);
          });
    }
  }

  private String criSocket() {
    String endpoint =
        options.criEndpoint() == null
            ? "unix:///run/containerd/containerd.sock"
            : options.criEndpoint();
    if (!endpoint.startsWith("unix://")) {
      throw new UsageError("--cri-endpoint " + endpoint + ": give it as unix:///PATH");
    }
    String path = endpoint.substring("unix://".length());
    if (!Files.exists(Path.of(path))) {
      throw new UserError(
          "--cri-endpoint " + endpoint + ": no such socket; start containerd or name another");
    }
    return path;
  }

  private NodeEntry embedded(String name, int index, Optional<NodeEntry> old) throws IOException {
    if (old.isPresent()
        && old.get().runtime() != null
        && old.get().runtime().alive().isPresent()
        && Files.exists(Path.of(old.get().socket()))) {
      return new NodeEntry(name, old.get().socket(), null, old.get().runtime());
    }
    Path socket = directory.node(name).resolve("cri.sock");
    Path state = directory.runtimeState(name);
    if (socket.toString().length() > MAX_SOCKET_PATH) {
      socket = state.resolve("cri.sock");
    }
    Files.createDirectories(state);
    Process process =
        ChildProcess.start(
            directory.logs().resolve("runtime-" + name + ".log"),
            List.of(
                "runtime",
                "--socket",
                socket.toString(),
                "--root",
                directory.runtimeRoot(name).toString(),
                "--state",
                state.toString(),
                "--bridge",
                names.bridge(index),
                "--cluster-ranges",
                options.serviceRange() + "," + options.podRange(),
                "--hide",
                directory.root().toString()));
    return new NodeEntry(name, socket.toString(), null, ProcessId.of(process.toHandle()));
  }

  /// Starts the agents: the first here, with `client` and `informers`; the others as processes.
  void startAgents(
      ApiClient client, Informers informers, Timers timers, Consumer<AutoCloseable> keep)
      throws Exception {
    for (int i = 0; i < entries.size(); i++) {
      NodeEntry entry = entries.get(i);
      awaitSocket(entry);
      if (i == 0 || options.runtime() == RuntimeChoice.HOLLOW) {
        NodeAgent agent = agent(entry, client, informers, timers, keep);
        keep.accept(agent);
        agent.start();
      } else {
        var runtime = new CriRuntime("unix://" + entry.socket());
        keep.accept(runtime);
        runtimes.put(entry.name(), runtime);
        entries.set(i, startAgentProcess(entry));
      }
    }
  }

  private NodeAgent agent(
      NodeEntry entry,
      ApiClient client,
      Informers informers,
      Timers timers,
      Consumer<AutoCloseable> keep)
      throws IOException, GeneralSecurityException {
    boolean hollow = options.runtime() == RuntimeChoice.HOLLOW;
    if (hollow) {
      var runtime = new HollowRuntime(timers);
      keep.accept(runtime);
      runtimes.put(entry.name(), runtime);
      return new NodeAgent(
          NodeAgentConfig.plain(entry.name(), directory.node(entry.name()), address, ""),
          client,
          informers,
          runtime,
          timers);
    }
    boolean first = entry.name().equals(firstName);
    int port = first && HostNetwork.isFree(KUBELET_PORT) ? KUBELET_PORT : 0;
    KeyAndCertificate serving =
        certificates.node(entry.name(), List.of(address, "127.0.0.1", "localhost"));
    var config =
        AgentConfigs.of(
            entry.name(),
            directory.node(entry.name()),
            address,
            new InetSocketAddress(port),
            TlsMaterial.read(serving.certificate(), serving.key()),
            certificates.authorities());
    var runtime = new CriRuntime("unix://" + entry.socket());
    keep.accept(runtime);
    runtimes.put(entry.name(), runtime);
    return new NodeAgent(config, client, informers, runtime, timers);
  }

  private NodeEntry startAgentProcess(NodeEntry entry)
      throws IOException, GeneralSecurityException {
    KeyAndCertificate identity =
        certificates.node(entry.name(), List.of(address, "127.0.0.1", "localhost"));
    ClusterFile cluster =
        ClusterFile.read(directory.clusterFile())
            .orElseThrow(() -> new IllegalStateException("agents start after the API server"));
    Process process =
        ChildProcess.start(
            directory.logs().resolve("agent-" + entry.name() + ".log"),
            List.of(
                "node-agent",
                "--node-name",
                entry.name(),
                "--server",
                address + ":" + cluster.grpcPort(),
                "--ca-file",
                certificates.caFile().toString(),
                "--cert-file",
                identity.certificate().toString(),
                "--key-file",
                identity.key().toString(),
                "--root-dir",
                directory.node(entry.name()).toString(),
                "--node-ip",
                address,
                "--port",
                "0",
                "--container-runtime-endpoint",
                "unix://" + entry.socket()));
    return new NodeEntry(
        entry.name(), entry.socket(), ProcessId.of(process.toHandle()), entry.runtime());
  }

  private void awaitSocket(NodeEntry entry) throws InterruptedException {
    if (entry.socket().isEmpty()) {
      return;
    }
    long endNs = System.nanoTime() + RUNTIME_LIMIT.toNanos();
    while (!Files.exists(Path.of(entry.socket()))) {
      boolean died = entry.runtime() != null && entry.runtime().alive().isEmpty();
      if (died || System.nanoTime() > endNs) {
        throw new UserError(
            "the container runtime of "
                + entry.name()
                + " did not start: "
                + ChildProcess.lastLine(
                    directory.logs().resolve("runtime-" + entry.name() + ".log")));
      }
      Thread.sleep(LOOK_AGAIN);
    }
  }

  /// Remembers what an earlier life of the cluster left, so that it is not taken for this one's.
  void lookBeforeStart(ApiClient client) {
    oldLeases = leases(client);
  }

  private static Map<String, String> leases(ApiClient client) {
    return client.list(ResourceTypes.LEASES, ListOptions.in(NODE_LEASES)).items().stream()
        .map(Lease::getMetadata)
        .collect(Collectors.toMap(ObjectMeta::getName, ObjectMeta::getResourceVersion));
  }

  /// Whether the containers that the API shows as running do so now. True for pods of nodes
  /// elsewhere.
  boolean runs(Pod pod) {
    Runtime runtime = runtimes.get(pod.getSpec().getNodeName());
    if (runtime == null) {
      return true;
    }
    Map<String, String> ofPod =
        Labels.ofPod(pod.getSpec().getNodeName(), pod.getMetadata().getUid());
    try {
      Set<String> running =
          runtime.listContainers(ofPod).stream()
              .filter(c -> c.getState() == ContainerState.CONTAINER_RUNNING)
              .map(Container::getId)
              .collect(Collectors.toSet());
      return pod.getStatus().getContainerStatusesList().stream()
          .map(s -> s.getContainerID().replaceFirst("^.*://", ""))
          .allMatch(running::contains);
    } catch (RuntimeFailure e) {
      return false; // asked again
    }
  }

  /// Waits until every node of this machine is Ready.
  void awaitReady(ApiClient client, Duration limit) throws InterruptedException {
    long endNs = System.nanoTime() + limit.toNanos();
    while (true) {
      Map<String, String> unready = unready(client);
      if (unready.isEmpty()) {
        return;
      }
      if (System.nanoTime() > endNs) {
        var first = unready.entrySet().iterator().next();
        throw new UserError(
            "node %s is not Ready after %d s: %s; see the logs in %s"
                .formatted(first.getKey(), limit.toSeconds(), first.getValue(), directory.logs()));
      }
      Thread.sleep(LOOK_AGAIN);
    }
  }

  private Map<String, String> unready(ApiClient client) {
    var unready = new java.util.TreeMap<String, String>();
    entries.forEach(e -> unready.put(e.name(), "it has not registered"));
    Map<String, String> leases = leases(client);
    for (Node node : client.list(ResourceTypes.NODES, ListOptions.ALL).items()) {
      for (var condition : node.getStatus().getConditionsList()) {
        if (condition.getType().equals("Ready")) {
          String name = node.getMetadata().getName();
          if (condition.getStatus().equals("True")) {
            // What was said before this start does not count.
            if (!Objects.equals(leases.get(name), oldLeases.get(name))) {
              unready.remove(name);
            }
          } else {
            unready.replace(node.getMetadata().getName(), condition.getMessage());
          }
        }
      }
    }
    return unready;
  }
}
