package io.kemudi.nodeagent.agent;

import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.apimachinery.resource.ResourceTypes.RUNTIME_CLASSES;
import static io.kemudi.apimachinery.resource.ResourceTypes.SERVICES;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.events.References;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.Informers;
import io.kemudi.client.informer.Lister;
import io.kemudi.http.HttpConnection;
import io.kemudi.kubernetes.core.v1.ObjectReference;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.lifecycle.Component;
import io.kemudi.lifecycle.Release;
import io.kemudi.nodeagent.cgroup.PodCgroups;
import io.kemudi.nodeagent.podworker.NodeFacts;
import io.kemudi.nodeagent.podworker.PodServices;
import io.kemudi.nodeagent.probe.ProbeResult;
import io.kemudi.nodeagent.probe.Prober;
import io.kemudi.nodeagent.probe.RealProber;
import io.kemudi.nodeagent.runtime.HollowRuntime;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.nodeagent.status.Amounts;
import io.kemudi.nodeagent.status.StatusWriter;
import io.kemudi.nodeagent.streaming.KubeletServer;
import io.kemudi.nodeagent.streaming.RuntimeStreams;
import io.kemudi.nodeagent.volume.KernelMounts;
import io.kemudi.nodeagent.volume.PodVolumes;
import io.kemudi.nodeagent.volume.ServiceAccountTokens;
import io.kemudi.nodeagent.volume.VolumeDirectories;
import io.kemudi.nodeagent.volume.VolumeMounts;
import io.kemudi.time.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The kubelet's job: registers the node, keeps saying that it lives, runs the pods that are bound
/// to it, and answers for their logs and streams. Stopping the agent leaves pods running; the next
/// one takes them over.
///
/// The client, the informers and the runtime belong to the caller, who closes them afterwards.
public final class NodeAgent implements Component {
  public static final String VERSION = Release.VERSION;

  private static final Logger log = LoggerFactory.getLogger(NodeAgent.class);
  private static final Duration WATCH_EVERY = Duration.ofSeconds(1); // as upstream's relist
  private static final Duration FIRST_LOOKS_EVERY = Duration.ofMillis(50);
  private static final int FIRST_REPORTS = 200; // ten seconds, then in the ordinary rhythm
  private static final Duration CLEAN_EVERY = Duration.ofSeconds(30);
  private static final Duration MEASURE_EVERY = Duration.ofSeconds(10); // upstream's
  private static final Duration ROTATE_EVERY = Duration.ofSeconds(10);
  private static final int MAX_PULLS = 4; // at once: a disk and a link have only so much

  private final NodeAgentConfig config;
  private final ApiClient client;
  private final Informers informers;
  private final Runtime runtime;
  private final Timers timers;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closed;
  private volatile boolean ready;
  private @Nullable Parts parts;

  /// What exists from the start on.
  private record Parts(
      EventRecorder events,
      StatusWriter statuses,
      PodWorkers workers,
      ReferenceWatches watches,
      Informer<Pod> pods,
      @Nullable KubeletServer server) {}

  public NodeAgent(
      NodeAgentConfig config,
      ApiClient client,
      Informers informers,
      Runtime runtime,
      Timers timers) {
    this.config = config;
    this.client = client;
    this.informers = informers;
    this.runtime = runtime;
    this.timers = timers;
  }

  @Override
  public String name() {
    return "node-agent";
  }

  @Override
  public synchronized void start() throws Exception {
    prepareDirectories();
    Map<String, String> capacity =
        config.capacity().isEmpty()
            ? Machine.capacity(config.maxPods(), config.dataDir())
            : config.capacity();
    String runtimeName = runtime.version().getRuntimeName();
    NodeFacts node = facts(capacity);
    Informer<Service> services = informers.informer(SERVICES);
    Informer<Pod> pods =
        informers.informer(PODS, ListOptions.ALL.fields("spec.nodeName=" + config.nodeName()));

    var references = new ApiReferences(client, services.lister(), timers);
    var tokens = new ServiceAccountTokens(references, timers);
    var directories = new VolumeDirectories(config.dataDir(), config.memoryDir());
    var allocatable = NodeStatuses.allocatable(capacity);
    long firstVersion = timers.instant().toEpochMilli() * 1000; // later than any earlier agent's
    var volumes =
        new PodVolumes(
            directories, mounts(runtime), references, tokens, () -> allocatable, firstVersion);
    var events = new EventRecorder(client, "kubelet", config.nodeName(), timers);
    var statuses = new StatusWriter(client, timers, executor);
    Path cgroupRoot = config.cgroupRoot();
    PodCgroups cgroups =
        cgroupRoot == null
            ? PodCgroups.none()
            : PodCgroups.at(cgroupRoot, runtime.usesSystemdCgroups());
    var podServices =
        new PodServices(
            node,
            runtime,
            runtimeName,
            timers,
            executor,
            directories,
            volumes,
            tokens,
            references,
            cgroups,
            prober(runtime),
            (pod, path, type, reason, message) ->
                events.record(reference(pod, path), type, reason, message),
            statuses,
            new Semaphore(MAX_PULLS),
            new RegistryCredentials(references),
            () -> allocatable,
            this::runtimeHandler);
    var workers = new PodWorkers(podServices, statuses);
    pods.addHandler(workers);
    var watches =
        new ReferenceWatches(
            client,
            timers,
            (r, object) -> references.learn(r.type(), r.namespace(), r.name(), object),
            workers::volumesChanged);
    pods.addHandler(new Follower(watches, pods.lister()));
    informers.start();
    KubeletServer server = serve(node, pods);
    parts = new Parts(events, statuses, workers, watches, pods, server);

    events.start();
    int port = server == null ? 0 : server.port();
    var registration = new NodeRegistration(config, client, runtime, timers, port, capacity);
    var watch = new RuntimeWatch(runtime, config.nodeName(), workers::wake);
    var cleaner = new OrphanCleaner(node, runtime, directories, volumes, cgroups);
    var rotation = new LogRotation(runtime, config.nodeName());
    Thread.ofVirtual().name("node-register").start(() -> register(registration, pods, workers));
    loop("runtime-watch", WATCH_EVERY, watch::step);
    Thread.ofVirtual().name("node-orphans").start(() -> cleanForEver(cleaner, pods, workers));
    loop("log-rotation", ROTATE_EVERY, rotation::step);
    var sizes = new VolumeSizes(pods.lister(), volumes, workers);
    loop("volume-sizes", MEASURE_EVERY, sizes::step);
  }

  /// Hollow pods have nobody to answer: they are as well as they say.
  private static Prober prober(Runtime runtime) {
    return runtime instanceof HollowRuntime
        ? (target, handler, limit) -> ProbeResult.SUCCESS
        : new RealProber(runtime);
  }

  /// Hollow pods use nothing that could be mounted, and their agents may belong to anyone.
  private static VolumeMounts mounts(Runtime runtime) {
    boolean root = "root".equals(System.getProperty("user.name"));
    return root && !(runtime instanceof HollowRuntime) ? new KernelMounts() : VolumeMounts.NONE;
  }

  /// Keeps the watches with the pods.
  private record Follower(ReferenceWatches watches, Lister<Pod> pods) implements EventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      watches.follow(pods.list());
    }

    @Override
    public void onUpdate(Pod before, Pod after) {
      if (!before.getStatus().getPhase().equals(after.getStatus().getPhase())) {
        watches.follow(pods.list());
      }
    }

    @Override
    public void onDelete(Pod pod) {
      watches.follow(pods.list());
    }
  }

  private void prepareDirectories() throws IOException {
    for (Path dir : List.of(config.dataDir(), config.memoryDir())) {
      Files.createDirectories(dir);
      // Volumes inside are open to the pods' users; nobody else on the node reaches them.
      Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
    }
    Files.createDirectories(config.logsDir());
  }

  private NodeFacts facts(Map<String, String> capacity) {
    return new NodeFacts(
        config.nodeName(),
        List.of(config.nodeIp()),
        config.clusterDns(),
        config.clusterDomain(),
        config.logsDir(),
        Amounts.of(capacity.getOrDefault("memory", "0")).longValue(),
        Path.of("/etc/resolv.conf"));
  }

  private @Nullable KubeletServer serve(NodeFacts node, Informer<Pod> pods) throws IOException {
    if (config.bind() == null) {
      return null;
    }
    var server =
        new KubeletServer(
            config.bind(),
            config.serving(),
            config.clientAuthorities(),
            node,
            runtime,
            pods.lister(),
            new RuntimeStreams(HttpConnection::dial),
            timers);
    server.start();
    return server;
  }

  /// Registers first, so that pods are never run on a node that nobody knows.
  private void register(NodeRegistration registration, Informer<Pod> pods, PodWorkers workers) {
    Duration pause = Duration.ofMillis(200);
    while (!closed && !tried("register the node", registration::register)) {
      if (!slept(pause)) {
        return;
      }
      pause = pause.compareTo(Duration.ofSeconds(7)) < 0 ? pause.multipliedBy(2) : pause;
    }
    workers.open(pods.lister());
    ready = true;
    tried("renew the node's lease", registration::renewLease);
    // A new node waits for its pod range: everybody waits for it meanwhile, so look often.
    for (int i = 0; i < FIRST_REPORTS && !closed; i++) {
      tried("report the node's status", registration::report);
      if (registration.isReady() || !slept(FIRST_LOOKS_EVERY)) {
        break;
      }
    }
    long nextReportNs = timers.nanoTime() + NodeRegistration.STATUS_EVERY.toNanos();
    while (!closed) {
      tried("renew the node's lease", registration::renewLease);
      if (timers.nanoTime() >= nextReportNs) {
        tried("report the node's status", registration::report);
        nextReportNs = timers.nanoTime() + NodeRegistration.STATUS_EVERY.toNanos();
      }
      if (!slept(config.leaseDuration().dividedBy(4))) {
        return;
      }
    }
  }

  /// Begins once it is known what the API has: what was left behind by an agent before this one
  /// goes at once.
  private void cleanForEver(OrphanCleaner cleaner, Informer<Pod> pods, PodWorkers workers) {
    while (!closed) {
      boolean known = pods.hasSynced() && ready;
      if (known) {
        tried("clear away orphans", () -> clean(cleaner, pods, workers));
      }
      if (!slept(known ? CLEAN_EVERY : FIRST_LOOKS_EVERY)) {
        return;
      }
    }
  }

  private static void clean(OrphanCleaner cleaner, Informer<Pod> pods, PodWorkers workers) {
    // The API's pods first: one that is about to get its worker is no orphan.
    Set<String> known = new java.util.HashSet<>(workers.uids());
    pods.lister().list().forEach(pod -> known.add(pod.getMetadata().getUid()));
    cleaner.clean(known);
  }

  private void loop(String name, Duration every, Runnable step) {
    Thread.ofVirtual()
        .name("node-" + name)
        .start(() -> {
          while (!closed) {
            tried(name, step);
            if (!slept(every)) {
              return;
            }
          }
        });
  }

  /// False when the step failed; the failure is logged and the step comes round again.
  private boolean tried(String what, Runnable step) {
    try {
      step.run();
      return true;
    } catch (ApiException | RuntimeFailure e) {
      if (!closed) {
        log.warn("{}: cannot {}: {}", config.nodeName(), what, e.getMessage());
      }
    } catch (RuntimeException e) {
      log.error("{}: {} failed", config.nodeName(), what, e);
    }
    return false;
  }

  private boolean slept(Duration pause) {
    try {
      timers.sleep(pause);
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static ObjectReference reference(Pod pod, String path) {
    ObjectReference reference = References.to(PODS, pod);
    return path.isEmpty() ? reference : reference.toBuilder().setFieldPath(path).build();
  }

  /// The runtime's own name for the pod's RuntimeClass, "" for the default.
  private String runtimeHandler(Pod pod) {
    String name = pod.getSpec().getRuntimeClassName();
    return name.isEmpty() ? "" : client.get(RUNTIME_CLASSES, "", name).getHandler();
  }

  /// Registered, and following the node's pods.
  @Override
  public boolean ready() {
    Parts now = parts;
    return ready && !closed && now != null && now.pods().hasSynced();
  }

  /// The port of the kubelet API, 0 when it serves none.
  public int port() {
    Parts now = parts;
    return now == null || now.server() == null ? 0 : now.server().port();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    Parts now = parts;
    if (now != null) {
      if (now.server() != null) {
        now.server().close();
      }
      now.watches().close();
      now.workers().close();
      now.statuses().close();
      now.events().close();
    }
    executor.shutdownNow();
  }
}
