package io.kemudi.nodeagent.podworker;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxState;
import io.kemudi.cri.v1.PodSandboxStatus;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.core.v1.PodIP;
import io.kemudi.kubernetes.core.v1.PodStatus;
import io.kemudi.nodeagent.cgroup.PodLimits;
import io.kemudi.nodeagent.podworker.ObservedPod.Seen;
import io.kemudi.nodeagent.podworker.PodStatusAssembler.Waiting;
import io.kemudi.nodeagent.probe.ContainerProbes;
import io.kemudi.nodeagent.probe.ProbeKind;
import io.kemudi.nodeagent.probe.ProbeTarget;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.nodeagent.status.PodConditions;
import io.kemudi.nodeagent.status.PodContainers;
import io.kemudi.nodeagent.status.PodPhase;
import io.kemudi.nodeagent.status.Times;
import io.kemudi.nodeagent.volume.AtomicDirectory;
import io.kemudi.nodeagent.volume.VolumeFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes one pod what it should be, for as long as it is on this node. Level-based: every pass asks
/// the runtime what there is, plans from that and the newest desired state, acts, and reports. What
/// an earlier agent left behind is taken over as it is.
///
/// [#run] is the worker's thread, and everything below it is called by that thread alone;
/// [#update], [#gone] and [#wake] may be called by any.
public final class PodWorker {
  private static final Logger log = LoggerFactory.getLogger(PodWorker.class);

  // As often as everything is looked at though nothing was heard: volumes are updated then.
  private static final Duration RESYNC = Duration.ofSeconds(60);
  private static final Duration RETRY_MIN = Duration.ofSeconds(1);
  private static final Duration RETRY_MAX = Duration.ofMinutes(2);
  private static final Duration CONFIG_RETRY = Duration.ofSeconds(10);
  private static final Duration EVICTION_GRACE = Duration.ofSeconds(1); // upstream's "immediate"
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);
  // Within one pass, act and look again; a plan that never comes to rest is a bug, not a loop.
  private static final int MAX_ROUNDS = 100;

  private final PodServices services;
  private final String uid;
  private final PodObserver observer;
  private final ContainerStarter starter;
  private final ContainerStopper stopper;
  private final ImagePuller images;
  private final PodStatusAssembler assembler;
  private final SandboxConfigs sandboxConfigs;
  private final Wakeup wakeup;
  private volatile Pod desired;
  private volatile boolean gone;
  private volatile boolean volumesChanged;
  private volatile String evicted = ""; // why
  private volatile boolean closed;

  // The worker's own memory, by container name unless said otherwise.
  private final Map<String, Backoff> backoffs = new HashMap<>();
  private final Map<String, Waiting> waiting = new HashMap<>();
  private final Map<String, ContainerProbes> probes = new HashMap<>(); // by container id
  private final Set<String> toldOfBackOff = new HashSet<>(); // container ids
  private final Map<String, String> messages = new HashMap<>(); // by container id
  private PodStatus known;
  private boolean reported;
  private boolean ended;
  private boolean finishedTold;
  private Duration retry = RETRY_MIN;
  private @Nullable Instant volumesCheckedAt;

  public PodWorker(PodServices services, Pod pod) {
    this.services = services;
    this.desired = pod;
    this.known = pod.getStatus();
    uid = pod.getMetadata().getUid();
    wakeup = new Wakeup(services.timers());
    observer = new PodObserver(services.runtime(), services.node().name(), uid);
    var hooks = new LifecycleHooks(services.prober(), services.timers());
    images =
        new ImagePuller(
            services.runtime(),
            services.events(),
            services.timers(),
            services.pullSlots(),
            services.pullSecrets());
    starter = new ContainerStarter(services, images, hooks);
    stopper = new ContainerStopper(services, hooks);
    assembler = new PodStatusAssembler(services.node(), services.runtimeName());
    sandboxConfigs = new SandboxConfigs(services.node(), services.cgroups());
  }

  /// Tells what the API now says the pod should be.
  public void update(Pod pod) {
    desired = pod;
    wakeup.ring();
  }

  /// Tells that the API no longer knows the pod: stop it and clear everything away.
  public void gone() {
    gone = true;
    wakeup.ring();
  }

  /// Gives the pod up: it takes more of the node than it said it would.
  public void evict(String why) {
    evicted = why;
    wakeup.ring();
  }

  /// Tells that something that the pod's volumes are made of has changed.
  public void volumesChanged() {
    volumesChanged = true;
    wakeup.ring();
  }

  /// Asks for a look at the runtime: something may have changed there.
  public void wake() {
    wakeup.ring();
  }

  /// Ends the thread and leaves the pod running, for the next agent to take over.
  public void close() {
    closed = true;
    wakeup.ring();
  }

  /// Works until the pod is gone and cleared away, or the worker is closed.
  public void run() {
    try {
      while (!closed && !ended) {
        Duration next = syncSafely();
        if (!closed && !ended) {
          wakeup.await(next);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stopProbes();
    }
  }

  /// Whether nothing of the pod is left and the worker may be forgotten.
  public boolean ended() {
    return ended;
  }

  private Duration syncSafely() throws InterruptedException {
    try {
      Duration next = sync();
      retry = RETRY_MIN;
      return next;
    } catch (RuntimeFailure | ApiException | IOException e) {
      log.warn("pod {}: {}; trying again in {}", name(desired), e.getMessage(), retry);
    } catch (RuntimeException e) {
      log.error("pod {}: the worker failed; trying again in {}", name(desired), retry, e);
    }
    Duration delay = retry;
    retry = retry.multipliedBy(2).compareTo(RETRY_MAX) < 0 ? retry.multipliedBy(2) : RETRY_MAX;
    return delay;
  }

  /// One pass. Returns when to look again at the latest.
  Duration sync() throws InterruptedException, IOException {
    Pod pod = current();
    if (gone || pod.getMetadata().hasDeletionTimestamp()) {
      return terminate(pod);
    }
    if (PodPhase.isTerminal(known.getPhase())) {
      return finish(pod, null, gracePeriod(pod));
    }
    if (!evicted.isEmpty()) {
      services.events().warning(pod, "", "Evicted", evicted);
      return finish(pod, new Waiting("Evicted", evicted), EVICTION_GRACE);
    }
    Instant deadline = deadline(pod);
    if (deadline != null && !services.timers().instant().isBefore(deadline)) {
      return finish(
          pod,
          new Waiting(
              "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"),
          gracePeriod(pod));
    }
    Duration next = converge();
    if (deadline != null) {
      Duration left = Duration.between(services.timers().instant(), deadline);
      next = left.compareTo(next) < 0 ? left : next;
    }
    return next;
  }

  /// The desired pod together with what the worker itself has last said of it; conditions that
  /// others own are theirs.
  private Pod current() {
    Pod latest = desired;
    PodStatus.Builder status = known.toBuilder().clearConditions();
    for (PodCondition condition : latest.getStatus().getConditionsList()) {
      if (!PodConditions.OWNED.contains(condition.getType())) {
        status.addConditions(condition);
      }
    }
    PodStatus own = known.getConditionsCount() > 0 ? known : latest.getStatus();
    for (PodCondition condition : own.getConditionsList()) {
      if (PodConditions.OWNED.contains(condition.getType())) {
        status.addConditions(condition);
      }
    }
    return latest.toBuilder().setStatus(status).build();
  }

  private static @Nullable Instant deadline(Pod pod) {
    return pod.getSpec().hasActiveDeadlineSeconds() && pod.getStatus().hasStartTime()
        ? Times.instant(pod.getStatus().getStartTime())
            .plusSeconds(pod.getSpec().getActiveDeadlineSeconds())
        : null;
  }

  // Running

  private Duration converge() throws InterruptedException, IOException {
    Instant lookAgain = services.timers().instant().plus(RESYNC);
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Pod pod = current();
      if (closed || gone || pod.getMetadata().hasDeletionTimestamp()) {
        return Duration.ZERO;
      }
      ObservedPod observed = look(pod);
      List<Step> steps =
          PodPlanner.plan(
              pod.getSpec(),
              observed,
              seen -> health(pod, seen),
              name -> backoffs.computeIfAbsent(name, _ -> new Backoff()),
              services.timers().instant(),
              0);
      if (!reported) {
        report(pod, observed, null); // before what may take long, such as pulling images
      }
      Round done = carryOut(pod, observed, steps);
      lookAgain =
          done.lookAgain() != null && done.lookAgain().isBefore(lookAgain)
              ? done.lookAgain()
              : lookAgain;
      if (!done.changed()) {
        report(pod, done.finished() ? look(pod) : observed, null);
        break;
      }
    }
    Duration next = Duration.between(services.timers().instant(), lookAgain);
    return next.isNegative() ? Duration.ZERO : next;
  }

  private ObservedPod look(Pod pod) {
    ObservedPod observed = observer.observe();
    refreshProbes(pod, observed);
    Set<String> ids = new HashSet<>();
    observed.containers().values().forEach(all -> all.forEach(seen -> ids.add(seen.id())));
    messages.keySet().retainAll(ids);
    toldOfBackOff.retainAll(ids);
    return observed;
  }

  /// What a round of steps came to: whether another look is due at once, and if not, when.
  private record Round(boolean changed, boolean finished, @Nullable Instant lookAgain) {
    Round and(Round other) {
      Instant sooner =
          lookAgain == null
              ? other.lookAgain
              : other.lookAgain == null || lookAgain.isBefore(other.lookAgain)
                  ? lookAgain
                  : other.lookAgain;
      return new Round(changed || other.changed, finished || other.finished, sooner);
    }

    static final Round NOTHING = new Round(false, false, null);
    static final Round CHANGED = new Round(true, false, null);

    static Round later(Instant at) {
      return new Round(false, false, at);
    }
  }

  private Round carryOut(Pod pod, ObservedPod observed, List<Step> steps)
      throws InterruptedException {
    boolean needsVolumes =
        steps.stream().anyMatch(s -> s instanceof Step.CreateSandbox || s instanceof Step.Start);
    Map<String, Path> volumes = Map.of();
    if (needsVolumes || volumesAreDue()) {
      try {
        volumesChanged = false; // before they are read: what changes now counts again
        volumes = services.volumes().prepare(pod);
        volumesCheckedAt = services.timers().instant();
      } catch (VolumeFailure e) {
        services.events().warning(pod, "", "FailedMount", String.valueOf(e.getMessage()));
        Duration delay = retry;
        retry = retry.multipliedBy(2).compareTo(RETRY_MAX) < 0 ? retry.multipliedBy(2) : RETRY_MAX;
        Round tryLater = Round.later(services.timers().instant().plus(delay));
        if (needsVolumes) {
          return tryLater;
        }
      }
    }
    Round round = Round.NOTHING;
    for (Step step : steps) {
      round = round.and(carryOut(pod, observed, step, volumes));
    }
    return round;
  }

  private boolean volumesAreDue() {
    return volumesCheckedAt == null
        || volumesChanged
        || !services.timers().instant().isBefore(volumesCheckedAt.plus(RESYNC));
  }

  private Round carryOut(Pod pod, ObservedPod observed, Step step, Map<String, Path> volumes)
      throws InterruptedException {
    return switch (step) {
      case Step.CreateSandbox create -> createSandbox(pod, observed, create.attempt());
      case Step.Start start -> start(pod, observed, start, volumes);
      case Step.BackOff backOff -> backOff(pod, backOff);
      case Step.Stop stop -> {
        Duration grace = stop.grace() != null ? stop.grace() : gracePeriod(pod);
        stopper.stop(pod, stop.container(), stop.seen(), stop.message(), grace);
        yield Round.CHANGED;
      }
      case Step.Finish _ -> {
        stopSandboxes(observed);
        yield new Round(false, true, null);
      }
    };
  }

  private Round createSandbox(Pod pod, ObservedPod observed, int attempt)
      throws InterruptedException {
    await(stopper.stopAll(pod, observed.running(), gracePeriod(pod)));
    if (!observed.sandboxes().isEmpty()) {
      services
          .events()
          .normal(
              pod, "", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
      stopSandboxes(observed);
    }
    try {
      PodSandboxConfig config = sandboxConfigs.of(pod, attempt);
      Files.createDirectories(Path.of(config.getLogDirectory()));
      services.cgroups().apply(uid, PodLimits.of(pod.getSpec()));
      services.runtime().runPodSandbox(config, services.runtimeHandler().apply(pod));
    } catch (ConfigFailure e) {
      for (Container container : PodContainers.all(pod.getSpec())) {
        waiting.put(container.getName(), new Waiting(e.reason(), e.text()));
      }
      return sandboxFailed(pod, e.text());
    } catch (RuntimeFailure | ApiException | IOException e) {
      return sandboxFailed(pod, String.valueOf(e.getMessage()));
    }
    waiting.clear();
    // Older ones than the one just replaced have nothing left to tell.
    observed.sandboxes().stream()
        .skip(1)
        .forEach(s -> services.runtime().removePodSandbox(s.getId()));
    return Round.CHANGED;
  }

  private Round sandboxFailed(Pod pod, String why) {
    services
        .events()
        .warning(pod, "", "FailedCreatePodSandBox", "Failed to create pod sandbox: " + why);
    return Round.later(services.timers().instant().plus(CONFIG_RETRY));
  }

  private Round start(Pod pod, ObservedPod observed, Step.Start start, Map<String, Path> volumes)
      throws InterruptedException {
    Container container = start.container();
    String name = container.getName();
    PodSandboxStatus sandbox = observed.sandbox();
    if (sandbox == null) {
      return Round.CHANGED;
    }
    Instant now = services.timers().instant();
    Seen replaces = start.replaces();
    resize(pod);
    try {
      starter.start(
          withAddresses(pod, sandbox), container, attempt(pod, start), sandbox, volumes, observed);
      waiting.remove(name);
      if (replaces != null && replaces.exited()) {
        backoffs
            .computeIfAbsent(name, _ -> new Backoff())
            .tried(Times.instant(replaces.status().getFinishedAt()), now);
      }
      removeOldAttempts(observed, name);
      return Round.CHANGED;
    } catch (ConfigFailure e) {
      waiting.put(name, new Waiting(e.reason(), e.text()));
      if (e.reason().equals("RunContainerError") || e.reason().equals("PostStartHookError")) {
        // The attempt exists and counts: the next one has to wait as after any other failure.
        backoffs.computeIfAbsent(name, _ -> new Backoff()).tried(now, now);
      }
      return Round.later(images.retryAt(container, now.plus(CONFIG_RETRY)));
    } catch (ApiException e) {
      waiting.put(name, new Waiting("CreateContainerConfigError", e.text()));
      return Round.later(now.plus(CONFIG_RETRY));
    }
  }

  /// The pod may have been given more since its group was made. Less than what still runs there has
  /// is refused by the kernel, and comes about when the last container was started anew.
  private void resize(Pod pod) {
    try {
      services.cgroups().apply(uid, PodLimits.of(pod.getSpec()));
    } catch (IOException e) {
      log.debug("pod {}: {}", name(pod), e.getMessage());
    }
  }

  /// The planner counts what the runtime shows; where that was wiped, the API still knows.
  private static int attempt(Pod pod, Step.Start start) {
    if (start.replaces() != null) {
      return start.attempt();
    }
    ContainerStatus before = statusOf(pod.getStatus(), start.container().getName());
    return before == null || before.getContainerID().isEmpty()
        ? start.attempt()
        : before.getRestartCount() + 1;
  }

  private Pod withAddresses(Pod pod, PodSandboxStatus sandbox) {
    Pod.Builder with = pod.toBuilder();
    PodStatus.Builder status = with.getStatusBuilder().clearPodIPs().clearHostIPs();
    List<String> ips = assembler.addresses(pod, sandbox);
    ips.forEach(ip -> status.addPodIPs(PodIP.newBuilder().setIp(ip)));
    status.setPodIP(ips.isEmpty() ? "" : ips.get(0));
    for (String ip : services.node().hostIps()) {
      status.addHostIPsBuilder().setIp(ip);
    }
    status.setHostIP(services.node().hostIps().isEmpty() ? "" : services.node().hostIps().get(0));
    return with.build();
  }

  /// Of the attempts that have ended only the last is kept, for its log and its end.
  private void removeOldAttempts(ObservedPod observed, String name) {
    List<Seen> ended = observed.attempts(name).stream().filter(Seen::exited).toList();
    for (Seen seen : ended.subList(Math.min(1, ended.size()), ended.size())) {
      services.runtime().removeContainer(seen.id());
      String logPath = seen.status().getLogPath();
      if (logPath.startsWith(services.node().logs().toString())) {
        deleteQuietly(Path.of(logPath));
      }
      deleteQuietly(
          services.directories().container(uid, name).resolve("termination-" + seen.attempt()));
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("cannot delete {}", file, e);
    }
  }

  private Round backOff(Pod pod, Step.BackOff step) {
    String name = step.container().getName();
    Duration delay = backoffs.computeIfAbsent(name, _ -> new Backoff()).delay();
    String who =
        "container=%s pod=%s_%s(%s)"
            .formatted(
                name,
                pod.getMetadata().getName(),
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getUid());
    waiting.put(
        name,
        new Waiting(
            "CrashLoopBackOff", "back-off " + goDuration(delay) + " restarting failed " + who));
    if (toldOfBackOff.add(step.failed().id())) {
      services
          .events()
          .warning(
              pod,
              PodEvents.fieldPath(pod, name),
              "BackOff",
              "Back-off restarting failed container %s in pod %s_%s(%s)"
                  .formatted(
                      name,
                      pod.getMetadata().getName(),
                      pod.getMetadata().getNamespace(),
                      pod.getMetadata().getUid()));
    }
    return Round.later(step.until());
  }

  /// `10s`, `1m20s`, `5m0s`.
  private static String goDuration(Duration duration) {
    return duration.toMinutes() > 0
        ? duration.toMinutes() + "m" + duration.toSecondsPart() + "s"
        : duration.toSeconds() + "s";
  }

  // Ending

  /// For a pod that has ended by itself or was given up: nothing of it runs, its remains stay.
  private Duration finish(Pod pod, @Nullable Waiting over, Duration grace)
      throws InterruptedException {
    ObservedPod observed = look(pod);
    await(stopper.stopAll(pod, observed.running(), grace));
    stopSandboxes(observed);
    stopProbes();
    report(pod, look(pod), over);
    return RESYNC;
  }

  private Duration terminate(Pod pod) throws InterruptedException, IOException {
    ObservedPod observed = observer.observe();
    List<Seen> running = observed.running();
    Duration grace = gracePeriod(pod);
    CountDownLatch stopped = stopper.stopAll(pod, running, grace);
    while (!stopped.await(200, TimeUnit.MILLISECONDS)) {
      Duration shorter = gracePeriod(desired);
      if (shorter.compareTo(grace) < 0) {
        grace = shorter;
        hurry(running, grace);
      }
      if (closed) {
        return Duration.ZERO;
      }
    }
    stopProbes();
    observed = observer.observe();
    if (!observed.running().isEmpty()) {
      return RETRY_MIN; // something refused to stop; it has been told as an event
    }
    stopSandboxes(observed);
    if (gone) {
      clearAway(pod, observed);
      ended = true;
      return Duration.ZERO;
    }
    if (!finishedTold) {
      PodStatus status = assemble(pod, observer.observe(), null);
      known = status;
      services.statuses().finished(pod, status);
      finishedTold = true;
    }
    return RESYNC;
  }

  /// The user has lost patience: the same containers are to end sooner.
  private void hurry(List<Seen> running, Duration grace) {
    for (Seen seen : running) {
      services
          .executor()
          .execute(() -> {
            try {
              services.runtime().stopContainer(seen.id(), grace);
            } catch (RuntimeFailure e) {
              log.debug("cannot hurry container {}: {}", seen.id(), e.getMessage());
            }
          });
    }
  }

  private void clearAway(Pod pod, ObservedPod observed) throws IOException {
    for (PodSandboxStatus sandbox : observed.sandboxes()) {
      services.runtime().removePodSandbox(sandbox.getId());
    }
    services.volumes().remove(uid);
    services.tokens().forget(uid);
    services.cgroups().remove(uid);
    AtomicDirectory.deleteTree(
        services
            .node()
            .podLogs(pod.getMetadata().getNamespace(), pod.getMetadata().getName(), uid));
  }

  private void stopSandboxes(ObservedPod observed) {
    for (PodSandboxStatus sandbox : observed.sandboxes()) {
      if (sandbox.getState() == PodSandboxState.SANDBOX_READY) {
        services.runtime().stopPodSandbox(sandbox.getId());
      }
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    latch.await();
  }

  static Duration gracePeriod(Pod pod) {
    if (pod.getMetadata().hasDeletionGracePeriodSeconds()) {
      return Duration.ofSeconds(pod.getMetadata().getDeletionGracePeriodSeconds());
    }
    return pod.getSpec().hasTerminationGracePeriodSeconds()
        ? Duration.ofSeconds(pod.getSpec().getTerminationGracePeriodSeconds())
        : DEFAULT_GRACE;
  }

  // Probes and reports

  private void refreshProbes(Pod pod, ObservedPod observed) {
    Set<String> alive = new HashSet<>();
    for (Container container : PodContainers.lasting(pod.getSpec())) {
      Seen seen = observed.current(container.getName());
      boolean probed =
          container.hasStartupProbe()
              || container.hasReadinessProbe()
              || container.hasLivenessProbe();
      if (seen != null && seen.running() && probed) {
        alive.add(seen.id());
        probes.computeIfAbsent(seen.id(), _ -> probe(pod, container, seen, observed));
      }
    }
    probes
        .entrySet()
        .removeIf(entry -> {
          boolean dead = !alive.contains(entry.getKey());
          if (dead) {
            entry.getValue().stop();
          }
          return dead;
        });
  }

  private ContainerProbes probe(Pod pod, Container container, Seen seen, ObservedPod observed) {
    PodSandboxStatus sandbox = observed.sandbox();
    List<String> ips = sandbox == null ? List.of() : assembler.addresses(pod, sandbox);
    var target = new ProbeTarget(seen.id(), container, ips.isEmpty() ? "127.0.0.1" : ips.get(0));
    String path = PodEvents.fieldPath(pod, container.getName());
    return new ContainerProbes(
        target,
        Times.instant(seen.status().getStartedAt()),
        knownOf(pod, container.getName(), seen),
        services.prober(),
        services.timers(),
        services.executor(),
        this::wake,
        (kind, output) ->
            services
                .events()
                .warning(pod, path, "Unhealthy", kind.text() + " probe failed: " + output));
  }

  /// What the API says of this very container: an agent that takes over goes on from there.
  private static ContainerProbes.Known knownOf(Pod pod, String name, Seen seen) {
    ContainerStatus before = statusOf(pod.getStatus(), name);
    return before != null && before.getContainerID().endsWith("://" + seen.id())
        ? new ContainerProbes.Known(before.getStarted(), before.getReady())
        : ContainerProbes.Known.NOTHING;
  }

  private static @Nullable ContainerStatus statusOf(PodStatus status, String name) {
    for (List<ContainerStatus> list :
        List.of(
            status.getContainerStatusesList(),
            status.getInitContainerStatusesList(),
            status.getEphemeralContainerStatusesList())) {
      for (ContainerStatus found : list) {
        if (found.getName().equals(name)) {
          return found;
        }
      }
    }
    return null;
  }

  private ContainerHealth health(Pod pod, Seen seen) {
    if (!seen.running()) {
      return ContainerHealth.UNKNOWN;
    }
    ContainerProbes found = probes.get(seen.id());
    if (found == null) {
      return ContainerHealth.UNPROBED;
    }
    ProbeKind failed = found.failed();
    return new ContainerHealth(
        found.started(),
        found.ready(),
        failed == null ? null : failed.text().toLowerCase(java.util.Locale.ROOT),
        failed == null ? null : found.graceOf(failed));
  }

  private void stopProbes() {
    probes.values().forEach(ContainerProbes::stop);
    probes.clear();
  }

  private void report(Pod pod, ObservedPod observed, @Nullable Waiting over) {
    PodStatus status = assemble(pod, observed, over);
    reported = true;
    if (!status.equals(known) || !status.equals(desired.getStatus())) {
      known = status;
      services.statuses().write(pod, status);
    }
  }

  private PodStatus assemble(Pod pod, ObservedPod observed, @Nullable Waiting over) {
    return assembler.assemble(
        new PodStatusAssembler.Facts(
            pod,
            observed,
            seen -> health(pod, seen),
            Map.copyOf(waiting),
            status -> messages.computeIfAbsent(status.getId(), _ -> TerminationMessages.of(status)),
            over,
            services.timers().instant()));
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
  }
}
