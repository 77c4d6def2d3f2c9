package io.kemudi.scheduler;

import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.scheduler.SchedulerMetrics.Queue;
import io.kemudi.scheduler.SchedulerMetrics.Result;
import io.kemudi.scheduler.cache.SchedulerCache;
import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.Diagnosis;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PermitPlugin;
import io.kemudi.scheduler.framework.PermitPlugin.Permit;
import io.kemudi.scheduler.framework.Plugins;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.PostBindPlugin;
import io.kemudi.scheduler.framework.PostFilterPlugin;
import io.kemudi.scheduler.framework.PostFilterPlugin.PostFilter;
import io.kemudi.scheduler.framework.ReservePlugin;
import io.kemudi.scheduler.queue.QueuedPod;
import io.kemudi.scheduler.queue.SchedulingQueue;
import io.kemudi.time.Timers;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The scheduling loop without its thread. Every method is called on one thread: what the informers
/// say comes in through [#nodeIs] and the like, [#scheduleOne] decides for one pod, and [#settle]
/// takes note of bindings that ended and of time that has passed. With manual time and a seeded
/// random, a run is repeatable.
///
/// A decision counts at once (the pod is *assumed* on its node); binding follows beside this thread
/// and, when it fails, the pod is forgotten there and queued again.
public final class Scheduler {
  private static final Logger log = LoggerFactory.getLogger(Scheduler.class);

  private final Plugins plugins;
  private final List<ReservePlugin> reserves;
  private final List<PermitPlugin> permits;
  private final SchedulerCache cache;
  private final SchedulingQueue queue;
  private final NodeChoice choice;
  private final BindingPipeline bindings;
  private final Reporter reporter;
  private final SchedulerMetrics metrics;
  private final Timers timers;
  private final Set<String> names;
  private final Map<String, Held> held = new LinkedHashMap<>(); // uid -> waits for a permit

  private record Held(Decided decided, long untilNs) {}

  /// Its metrics go nowhere.
  public Scheduler(
      Plugins plugins,
      SchedulerCache cache,
      Reporter reporter,
      Set<String> names,
      Timers timers,
      RandomGenerator random,
      Runnable wake) {
    this(
        plugins,
        cache,
        reporter,
        new SchedulerMetrics(new CompositeMeterRegistry()),
        names,
        timers,
        random,
        wake);
  }

  /// `names` are the values of `spec.schedulerName` that this scheduler serves; `wake` is called on
  /// another thread when [#settle] has something to do.
  public Scheduler(
      Plugins plugins,
      SchedulerCache cache,
      Reporter reporter,
      SchedulerMetrics metrics,
      Set<String> names,
      Timers timers,
      RandomGenerator random,
      Runnable wake) {
    this.plugins = plugins;
    this.reserves = plugins.at(ReservePlugin.class);
    this.permits = plugins.at(PermitPlugin.class);
    this.cache = cache;
    this.queue = new SchedulingQueue(plugins);
    this.choice = new NodeChoice(plugins, cache.snapshot(), random);
    this.bindings = new BindingPipeline(plugins, wake);
    this.reporter = reporter;
    this.metrics = metrics;
    this.timers = timers;
    this.names = Set.copyOf(names);
  }

  public SchedulingQueue queue() {
    return queue;
  }

  BindingPipeline bindings() {
    return bindings;
  }

  /// Binds what has been decided; for those who have no binding threads.
  ///
  /// @return whether there was anything
  public boolean bindNext() {
    return bindings.bindNext();
  }

  /// Decides for the next pod.
  ///
  /// @return whether there was one (and room among the bindings under way)
  public boolean scheduleOne() {
    QueuedPod next = bindings.full() ? null : queue.pop();
    if (next == null) {
      return false;
    }
    PodInfo pod = next.pod();
    if (pod.terminating() || cache.knows(pod.uid())) {
      return true; // nothing to decide any more
    }
    long beganNs = timers.nanoTime();
    Result result = attempt(next);
    metrics.attempted(result, timers.nanoTime() - beganNs);
    return true;
  }

  private Result attempt(QueuedPod next) {
    if (cache.snapshot().nodeCount() == 0) {
      refuse(next, Set.of(), "no nodes available to schedule pods", "");
      return Result.UNSCHEDULABLE;
    }
    long beganNs = timers.nanoTime();
    NodeChoice.Decision decision = choice.choose(next.pod());
    metrics.chose(timers.nanoTime() - beganNs);
    return switch (decision) {
      case NodeChoice.Decision.Chosen(String node) ->
          take(next, node) ? Result.SCHEDULED : Result.UNSCHEDULABLE;
      case NodeChoice.Decision.Refused(Diagnosis diagnosis) -> {
        makeRoom(next, diagnosis);
        yield Result.UNSCHEDULABLE;
      }
    };
  }

  /// Assume, Reserve, Permit, and on to binding; each failure undoes what came before.
  private boolean take(QueuedPod next, String node) {
    PodInfo pod = next.pod();
    cache.assume(pod, node);
    var decided = new Decided(next, node);
    for (ReservePlugin plugin : reserves) {
      if (plugin.reserve(pod, node) != FilterResult.FITS) {
        giveUp(decided, Set.of(plugin.name()), plugin.name() + " could not reserve " + node);
        return false;
      }
    }
    for (PermitPlugin plugin : permits) {
      switch (plugin.permit(pod, node)) {
        case Permit.Allow() -> {}
        case Permit.Refuse(List<String> reasons) -> {
          giveUp(decided, Set.of(plugin.name()), String.join(", ", reasons));
          return false;
        }
        case Permit.Wait(Duration limit) -> {
          held.put(pod.uid(), new Held(decided, timers.nanoTime() + limit.toNanos()));
          return true;
        }
      }
    }
    bindings.submit(decided);
    return true;
  }

  /// Lets a pod go that a permit plugin had made wait. Nothing happens if it does not wait.
  public void allow(String uid) {
    Held waited = held.remove(uid);
    if (waited != null) {
      bindings.submit(waited.decided());
    }
  }

  /// A refusal after the pod was assumed.
  private void giveUp(Decided decided, Set<String> by, String message) {
    undo(decided);
    refuse(decided.queued(), by, message, "");
  }

  private void undo(Decided decided) {
    PodInfo pod = decided.queued().pod();
    reserves.reversed().forEach(plugin -> plugin.unreserve(pod, decided.node()));
    held.remove(pod.uid());
    cache.forget(pod);
  }

  /// The PostFilter moment, and the words for people.
  private void makeRoom(QueuedPod next, Diagnosis diagnosis) {
    PodInfo pod = next.pod();
    List<String> messages = new ArrayList<>();
    String nominated = "";
    metrics.preempting();
    for (PostFilterPlugin plugin : plugins.at(PostFilterPlugin.class)) {
      PostFilter result =
          plugin.postFilter(pod, cache.snapshot(), diagnosis, row -> choice.fits(pod, row));
      switch (result) {
        case PostFilter.Unschedulable(String message) -> messages.add(message);
        case PostFilter.Nominated(String node, List<PodInfo> victims) -> {
          reporter.preempt(pod, node, victims);
          metrics.preempted(victims.size());
          nominated = node;
        }
      }
      if (!nominated.isEmpty()) {
        messages.clear();
        break;
      }
    }
    String tail = messages.isEmpty() ? "" : " " + String.join(", ", messages);
    refuse(next, diagnosis.plugins(), diagnosis.message() + tail, nominated);
  }

  private void refuse(QueuedPod next, Set<String> by, String message, String nominated) {
    log.debug("{}: {}", next.pod(), message);
    queue.refused(next, by, timers.nanoTime());
    reporter.unschedulable(next.pod(), message, nominated);
  }

  /// Takes note of bindings that ended and of time that has passed.
  ///
  /// @return whether any binding had ended
  public boolean settle() {
    boolean any = false;
    for (var end = bindings.poll(); end != null; end = bindings.poll()) {
      any = true;
      settle(end.decided(), end.failure());
    }
    long nowNs = timers.nanoTime();
    queue.flush(nowNs);
    for (Held one : List.copyOf(held.values())) {
      if (one.untilNs() <= nowNs) {
        giveUp(one.decided(), Set.of(), "the permit did not come in time");
      }
    }
    for (PodInfo lost : cache.expire(nowNs)) {
      log.warn("{}: bound, but never seen on its node", lost);
      queue.put(lost, nowNs);
    }
    measure();
    return any;
  }

  private void measure() {
    metrics.waiting(Queue.ACTIVE, queue.activeCount());
    metrics.waiting(Queue.BACKOFF, queue.backingOffCount());
    metrics.waiting(Queue.UNSCHEDULABLE, queue.unschedulableCount() - queue.gatedCount());
    metrics.waiting(Queue.GATED, queue.gatedCount());
    metrics.cached(cache.snapshot().nodeCount(), cache.size());
  }

  private void settle(Decided decided, @Nullable String failure) {
    PodInfo pod = decided.queued().pod();
    if (failure == null) {
      long nowNs = timers.nanoTime();
      cache.bound(pod.uid(), nowNs);
      metrics.bound(decided.queued().attempts(), nowNs - decided.queued().sinceNs());
      plugins.at(PostBindPlugin.class).forEach(plugin -> plugin.postBind(pod, decided.node()));
      reporter.scheduled(pod, decided.node());
      return;
    }
    log.info("{}: not bound to {}: {}", pod, decided.node(), failure);
    boolean wanted = cache.assumed(pod.uid()); // not gone or bound by someone else meanwhile
    undo(decided);
    if (wanted) {
      metrics.attempted(Result.ERROR, 0);
      reporter.failed(pod, "binding rejected: " + failure);
      queue.failed(decided.queued(), timers.nanoTime());
      queue.happened(new ClusterEvent.PodGone(pod), timers.nanoTime());
    }
  }

  // What the server says.

  public void nodeIs(Node node) {
    Node before = cache.putNode(node);
    if (before == null) {
      queue.happened(new ClusterEvent.NodeAdded(node), timers.nanoTime());
    } else if (changesMinds(before, node)) {
      queue.happened(new ClusterEvent.NodeChanged(before, node), timers.nanoTime());
    }
  }

  /// Most updates of a node are heartbeats.
  private static boolean changesMinds(Node before, Node after) {
    return !before.getSpec().equals(after.getSpec())
        || !before.getMetadata().getLabelsMap().equals(after.getMetadata().getLabelsMap())
        || !before.getStatus().getAllocatableMap().equals(after.getStatus().getAllocatableMap());
  }

  public void volumesChanged() {
    queue.happened(new ClusterEvent.VolumesChanged(), timers.nanoTime());
  }

  public void namespacesChanged() {
    cache.snapshot().namespacesChanged();
  }

  public void nodeIsGone(String name) {
    cache.removeNode(name);
  }

  public void podIs(Pod pod) {
    String phase = pod.getStatus().getPhase();
    if (phase.equals("Succeeded") || phase.equals("Failed")) {
      podIsGone(pod); // it holds nothing any more
    } else if (!pod.getSpec().getNodeName().isEmpty()) {
      placed(pod);
    } else if (mine(pod) && !cache.knows(pod.getMetadata().getUid())) {
      waits(pod);
    }
  }

  private boolean mine(Pod pod) {
    String name = pod.getSpec().getSchedulerName();
    return names.contains(name.isEmpty() ? "default-scheduler" : name);
  }

  private void placed(Pod pod) {
    queue.remove(pod.getMetadata().getUid());
    long nowNs = timers.nanoTime();
    PodInfo before = cache.placed(pod);
    PodInfo now = cache.info(pod);
    if (before == null) {
      queue.happened(new ClusterEvent.PodPlaced(now), nowNs);
    } else if (asksForLess(before, now) || !before.labels().equals(now.labels())) {
      queue.happened(new ClusterEvent.PodGone(before), nowNs);
      queue.happened(new ClusterEvent.PodPlaced(now), nowNs);
    }
  }

  private static boolean asksForLess(PodInfo before, PodInfo now) {
    for (int resource = 0; resource < before.requestCount(); resource++) {
      if (now.request(resource) < before.request(resource)) {
        return true;
      }
    }
    return false;
  }

  private void waits(Pod pod) {
    if (pod.getMetadata().hasDeletionTimestamp()) {
      queue.remove(pod.getMetadata().getUid());
    } else {
      queue.put(cache.info(pod), timers.nanoTime());
    }
  }

  /// `pod` is its last known state.
  public void podIsGone(Pod pod) {
    String uid = pod.getMetadata().getUid();
    queue.remove(uid);
    Held waited = held.get(uid);
    if (waited != null) {
      undo(waited.decided());
    }
    PodInfo before = cache.gone(uid);
    if (before != null) {
      queue.happened(new ClusterEvent.PodGone(before), timers.nanoTime());
    }
  }
}
