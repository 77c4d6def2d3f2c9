package io.kemudi.launcher;

import io.kemudi.apiserver.registry.User;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.informer.Informers;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.controllermanager.ControllerManager;
import io.kemudi.launcher.ClusterFile.ProcessId;
import io.kemudi.launcher.pki.ClusterCertificates;
import io.kemudi.lifecycle.Component;
import io.kemudi.proxy.ServiceProxy;
import io.kemudi.proxy.dataplane.Dataplane;
import io.kemudi.scheduler.SchedulerComponent;
import io.kemudi.scheduler.SchedulerConfig;
import io.kemudi.store.Store;
import io.kemudi.time.SystemTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A whole cluster on this machine: store, API server, scheduler, controllers, the first node's
/// agent and the service proxy in this process; the container runtime and further nodes in
/// processes of their own. Wired here, top to bottom; ended in the reverse order.
final class AllInOne implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AllInOne.class);
  private static final Duration NODE_LIMIT = Duration.ofSeconds(60);

  /// How long all pods together may take to end when this process is asked to.
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private final DataDirectory directory;
  private final UpOptions options;
  private final Progress progress;
  private final SystemTimers timers = new SystemTimers();
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable ApiFronts server;
  private @Nullable Nodes nodes;
  private boolean closed;

  AllInOne(DataDirectory directory, UpOptions options, Progress progress) {
    this.directory = directory;
    this.options = options;
    this.progress = progress;
  }

  /// Returns when the nodes are Ready and the manifests' objects Available.
  ///
  /// @return a sentence on each object of the manifests that failed; the cluster runs all the same
  List<String> start(Manifests manifests) throws Exception {
    HostNetwork.requireFree(options.port(), "--port");
    HostNetwork.requireFree(options.grpcPort(), "--grpc-port");
    ClusterNames names = ClusterNames.of(directory);
    AddressRanges.requireFree(options, names);
    if (ownEtcd()) {
      new LocalEtcd(directory).requireProgram();
    }
    String address = HostNetwork.address();
    String nodeName = names.node(HostNetwork.nodeName(), options.runtime());
    ClusterCertificates certificates = ClusterCertificates.open(directory.pki(), timers.instant());

    var machines = new Nodes(directory, options, certificates, address, nodeName);
    nodes = machines;
    machines.startRuntimes(); // they come up while the API server does

    Store store = keep(openStore());
    ApiFronts api =
        keep(
            ApiFronts.allInOne(
                options, certificates, address, directory.auditLog(), store, timers));
    api.start();
    server = api;
    String url = "https://" + address + ":" + api.port();
    KubeconfigFile.write(
        directory.kubeconfig(),
        url,
        certificates.caFile(),
        "kubernetes-admin",
        certificates.administrator());
    writeClusterFile(false);
    progress.done("API server on " + url);

    ApiClient watcher = api.client(User.of("system:apiserver", User.MASTERS));
    Informers informers =
        keep(new SharedInformers(watcher, timers, ThreadLocalRandom.current().nextLong()));
    startControlPlane(api, informers, certificates);
    progress.done("scheduler and controllers");

    machines.lookBeforeStart(watcher);
    ApiClient agents = api.client(nodeUser(nodeName));
    machines.startAgents(agents, informers, timers, this::keep);
    writeClusterFile(false);
    machines.awaitReady(watcher, NODE_LIMIT);
    progress.done(
        options.nodes() == 1
            ? "node " + nodeName + " is Ready"
            : options.nodes() + " nodes are Ready");

    if (options.runtime() != RuntimeChoice.HOLLOW) {
      Dataplane dataplane = Proxies.dataplane(names, options.podRange(), options.serviceRange());
      ServiceProxy proxy = keep(Proxies.create(nodeName, informers, dataplane));
      proxy.start();
      progress.done("Services by " + dataplane.name());
    }
    List<String> failures = List.of();
    if (!manifests.objects().isEmpty()) {
      ApiClient administrator = api.client(User.of("kubernetes-admin", User.MASTERS));
      failures = new ManifestApplier(administrator, machines::runs).apply(manifests, progress);
    }
    writeClusterFile(true);
    summary(url, failures);
    return failures;
  }

  private boolean ownEtcd() {
    return options.store() == StoreChoice.ETCD && options.etcdServers().isEmpty();
  }

  private Store openStore() throws Exception {
    if (ownEtcd()) {
      return new LocalEtcd(directory).open(timers.instant());
    }
    return Stores.open(directory, options, timers);
  }

  private void startControlPlane(
      ApiFronts api, Informers informers, ClusterCertificates certificates) throws Exception {
    ControllerManager manager =
        keep(
            new ControllerManager(
                new ServiceAccountClients(api, timers, this::keep),
                informers,
                timers,
                new ControllerManager.Config(
                    certificates.caPem(), options.podRange(), options.nodeGracePeriod())));
    ApiClient scheduling = api.client(User.of("system:kube-scheduler"));
    EventRecorder schedulerEvents =
        keep(new EventRecorder(scheduling, "default-scheduler", "", timers));
    schedulerEvents.start();
    SchedulerComponent scheduler =
        keep(
            new SchedulerComponent(
                scheduling, informers, schedulerEvents, SchedulerConfig.DEFAULT, timers));
    manager.start();
    scheduler.start();
    informers.start();
  }

  private static User nodeUser(String node) {
    return User.of("system:node:" + node, "system:nodes", "system:authenticated");
  }

  /// Remembers a part so that [#close] ends it.
  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  private void writeClusterFile(boolean ready) throws IOException {
    ApiFronts api = server;
    if (api == null) {
      return;
    }
    new ClusterFile(
            ProcessId.current(),
            Version.TEXT,
            "https://" + HostNetwork.address() + ":" + api.port(),
            api.grpcPort(),
            options.store().name().toLowerCase(java.util.Locale.ROOT),
            options.runtime().name().toLowerCase(java.util.Locale.ROOT),
            ready,
            nodes == null ? List.of() : nodes.entries())
        .write(directory.clusterFile());
  }

  private void summary(String url, List<String> failures) {
    progress.line("");
    progress.line("API         " + url);
    progress.line("kubeconfig  " + directory.kubeconfig());
    failures.forEach(failure -> progress.line("failed      " + failure));
    progress.line("");
    progress.line("  export KUBECONFIG=" + directory.kubeconfig());
    progress.line("  kubectl get pods -A");
    progress.line("");
    String suffix =
        directory.root().equals(DataDirectory.defaultRoot())
            ? ""
            : " --data-dir " + directory.root();
    if (!failures.isEmpty()) {
      progress.line("the cluster runs; correct the file, and apply it: kemudi up -f FILE" + suffix);
    }
    progress.line(
        options.detach()
            ? "stop it with: kemudi down" + suffix
            : "Ctrl-C, or `kemudi down" + suffix + "`, stops it, pods included");
  }

  /// Waits until [#close] has been called.
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /// Stops everything, pods included. Idempotent.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    boolean controlled = server != null;
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} did not stop cleanly", part instanceof Component c ? c.name() : part, e);
      }
    }
    timers.close();
    if (Files.exists(directory.stopping())) {
      ended.countDown();
      return; // `kemudi down` does the rest, and shows it
    }
    boolean clean =
        nodes == null
            || new NodeTeardown(directory, END_LIMIT, progress::line)
                .stop(nodes.entries())
                .isEmpty();
    new LocalEtcd(directory).stop();
    try {
      // What is left behind is for `kemudi down` to find.
      if (controlled && clean) {
        Files.deleteIfExists(directory.clusterFile());
      }
    } catch (IOException e) {
      log.warn("{} was not removed", directory.clusterFile(), e);
    }
    ended.countDown();
  }
}
