package io.kemudi.scheduler;

import static io.kemudi.apimachinery.resource.ResourceTypes.NAMESPACES;
import static io.kemudi.apimachinery.resource.ResourceTypes.NODES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PERSISTENT_VOLUMES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PERSISTENT_VOLUME_CLAIMS;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.apimachinery.resource.ResourceTypes.POD_DISRUPTION_BUDGETS;

import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.Informers;
import io.kemudi.client.informer.Lister;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.policy.v1.PodDisruptionBudget;
import io.kemudi.lifecycle.Component;
import io.kemudi.scheduler.cache.SchedulerCache;
import io.kemudi.scheduler.framework.ResourceNames;
import io.kemudi.scheduler.plugins.VolumeBinding;
import io.kemudi.time.Timers;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The scheduler as a part of the system: informers feed it, one platform thread decides, a few
/// virtual ones bind and report.
///
/// Not started, [#step] does by hand what the threads do; the recorder given in is the caller's to
/// start and close.
public final class SchedulerComponent implements Component {
  private static final Logger log = LoggerFactory.getLogger(SchedulerComponent.class);

  /// Back-offs end to this accuracy.
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  /// Decisions between two looks at what has changed.
  private static final int ROUND = 64;

  private final SchedulerConfig config;
  private final List<Informer<?>> informers;
  private final Semaphore woken = new Semaphore(1);
  private final ChangeInbox inbox = new ChangeInbox(woken::release);
  private final Scheduler scheduler;
  private final ApiReporter reporter;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /// Its metrics go nowhere.
  public SchedulerComponent(
      ApiClient client,
      Informers informers,
      EventRecorder events,
      SchedulerConfig config,
      Timers timers) {
    this(
        client,
        informers,
        events,
        config,
        timers,
        new SchedulerMetrics(new CompositeMeterRegistry()));
  }

  public SchedulerComponent(
      ApiClient client,
      Informers informers,
      EventRecorder events,
      SchedulerConfig config,
      Timers timers,
      SchedulerMetrics metrics) {
    this.config = config;
    Informer<Node> nodes = informers.informer(NODES);
    Informer<Pod> pods = informers.informer(PODS, ListOptions.ALL);
    Informer<Namespace> namespaces = informers.informer(NAMESPACES);
    Informer<PersistentVolumeClaim> claims = informers.informer(PERSISTENT_VOLUME_CLAIMS);
    Informer<PersistentVolume> volumes = informers.informer(PERSISTENT_VOLUMES);
    Informer<PodDisruptionBudget> budgets = informers.informer(POD_DISRUPTION_BUDGETS);
    var workloads = new ListedWorkloads(informers);
    this.informers =
        Stream.concat(
                Stream.<Informer<?>>of(nodes, pods, namespaces, claims, volumes, budgets),
                workloads.informers().stream())
            .toList();
    Lister<Namespace> lister = namespaces.lister();
    var cache = new SchedulerCache(new ResourceNames(), name -> labels(lister, name));
    this.reporter = new ApiReporter(client, events, timers);
    this.scheduler =
        new Scheduler(
            DefaultPlugins.of(
                client,
                volumes(claims.lister(), volumes.lister()),
                workloads,
                budgets.lister()::list),
            cache,
            reporter,
            metrics,
            config.names(),
            timers,
            new SplittableRandom(config.seed()),
            woken::release);
    nodes.addHandler(
        inbox.handler(
            node -> node.getMetadata().getUid(),
            scheduler::nodeIs,
            node -> scheduler.nodeIsGone(node.getMetadata().getName())));
    namespaces.addHandler(
        inbox.handler(
            namespace -> namespace.getMetadata().getUid(),
            _ -> scheduler.namespacesChanged(),
            _ -> scheduler.namespacesChanged()));
    claims.addHandler(
        inbox.handler(
            claim -> claim.getMetadata().getUid(),
            _ -> scheduler.volumesChanged(),
            _ -> scheduler.volumesChanged()));
    volumes.addHandler(
        inbox.handler(
            volume -> volume.getMetadata().getUid(),
            _ -> scheduler.volumesChanged(),
            _ -> scheduler.volumesChanged()));
    pods.addHandler(
        inbox.handler(pod -> pod.getMetadata().getUid(), scheduler::podIs, scheduler::podIsGone));
  }

  private static Map<String, String> labels(Lister<Namespace> namespaces, String name) {
    Namespace namespace = namespaces.get("", name);
    return namespace == null ? Map.of() : namespace.getMetadata().getLabelsMap();
  }

  private static VolumeBinding.Volumes volumes(
      Lister<PersistentVolumeClaim> claims, Lister<PersistentVolume> volumes) {
    return new VolumeBinding.Volumes() {
      @Override
      public @Nullable PersistentVolumeClaim claim(String namespace, String name) {
        return claims.get(namespace, name);
      }

      @Override
      public @Nullable PersistentVolume volume(String name) {
        return volumes.get("", name);
      }
    };
  }

  @Override
  public String name() {
    return "scheduler";
  }

  @Override
  public synchronized void start() {
    threads.add(Thread.ofPlatform().daemon().name("scheduler").start(this::run));
    for (int i = 0; i < config.binders(); i++) {
      threads.add(Thread.ofVirtual().name("binder-" + i).start(scheduler.bindings()::run));
    }
    threads.add(Thread.ofVirtual().name("scheduler-reports").start(reporter::run));
  }

  @Override
  public boolean ready() {
    return !closed && informers.stream().allMatch(Informer::hasSynced);
  }

  private void run() {
    try {
      while (!closed) {
        boolean pause = !ready() || !round();
        if (pause && woken.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
          woken.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      log.debug("scheduler interrupted");
    } catch (RuntimeException e) {
      // What the cache says can no longer be trusted: better no scheduler than a wrong one.
      log.error("the scheduler has stopped", e);
      closed = true;
    }
  }

  /// Takes in what has changed and decides for some pods.
  private boolean round() {
    boolean moved = inbox.drain();
    moved |= scheduler.settle();
    for (int i = 0; i < ROUND && scheduler.scheduleOne(); i++) {
      moved = true;
    }
    return moved;
  }

  /// Without threads: does what can be done now, deciding, binding and reporting included.
  ///
  /// @return whether anything was done
  public boolean step() {
    boolean moved = ready() && round();
    moved |= scheduler.bindNext();
    moved |= reporter.writeNext();
    return moved;
  }

  @Override
  public synchronized void close() {
    closed = true;
    woken.release();
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        if (!thread.join(STOP_LIMIT)) {
          log.warn("{} did not stop within {}", thread.getName(), STOP_LIMIT);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.clear();
  }
}
