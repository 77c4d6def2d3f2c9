package io.kemudi.scheduler.queue;

import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.EventHints;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.Plugin;
import io.kemudi.scheduler.framework.Plugins;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.PreEnqueuePlugin;
import io.kemudi.scheduler.framework.QueueSortPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The pods that wait for a node, each in one of three places.
///
/// ```
///   add --> active --pop--> (being tried) --refused--> unschedulable --an event that may help--+
///             ^                   |                         |  or five minutes                  |
///             |                   | failed                  |                                   |
///             +---- backing off <-+-------------------------+----------(still backing off)------+
/// ```
///
/// The back-off doubles with each attempt, from 1 s to 10 s. Pods that a plugin keeps from being
/// tried at all (gates) wait among the unschedulable, and are looked at again when they change.
///
/// Used by the scheduling thread only; time comes in as an argument. Bounded by the pods there are.
public final class SchedulingQueue {
  public static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  public static final Duration LAST_BACKOFF = Duration.ofSeconds(10);

  /// After this time a pod is tried again even though nothing seems to have changed: hints may err.
  public static final Duration UNSCHEDULABLE_LIMIT = Duration.ofMinutes(5);

  private static final Duration FLUSH_PERIOD = Duration.ofSeconds(30);

  private final List<PreEnqueuePlugin> gates;
  private final Map<String, Plugin> plugins = new HashMap<>();
  private final PriorityQueue<QueuedPod> active;
  private final PriorityQueue<Waiting> backingOff = new PriorityQueue<>();
  private final Map<String, Waiting> unschedulable = new HashMap<>(); // uid -> since
  private final Map<String, Place> places = new HashMap<>(); // uid -> where it is
  private int gated;
  private long sequence;
  private long flushedNs;

  private enum Place {
    ACTIVE,
    BACKING_OFF,
    UNSCHEDULABLE,
    GATED
  }

  /// `atNs`: when its back-off ends, or since when it is unschedulable.
  private record Waiting(QueuedPod queued, long atNs) implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      int byTime = Long.compare(atNs, other.atNs);
      return byTime != 0 ? byTime : Long.compare(queued.sequence(), other.queued.sequence());
    }
  }

  public SchedulingQueue(Plugins plugins) {
    this.gates = plugins.at(PreEnqueuePlugin.class);
    plugins.all().forEach(plugin -> this.plugins.put(plugin.name(), plugin));
    QueueSortPlugin sort = plugins.queueSort();
    this.active =
        new PriorityQueue<>((a, b) -> sort.compare(a.pod(), a.sequence(), b.pod(), b.sequence()));
  }

  /// A pod without a node is new, or has changed. What the user changed may be what was wrong, so
  /// it is worth another look now; a new status (we write some of it) is not.
  public void put(PodInfo pod, long nowNs) {
    Place place = places.get(pod.uid());
    QueuedPod known = remove(pod.uid());
    if (known == null) {
      tryOrGate(new QueuedPod(pod, 0, nowNs, nowNs, sequence++, Set.of()), nowNs);
    } else if (place == Place.UNSCHEDULABLE && sameWishes(known.pod(), pod)) {
      refused(known.with(pod), known.refusedBy(), known.atNs());
    } else if (place == Place.BACKING_OFF && sameWishes(known.pod(), pod)) {
      backOff(known.with(pod), known.atNs());
    } else {
      tryOrGate(known.with(pod), nowNs);
    }
  }

  private static boolean sameWishes(PodInfo a, PodInfo b) {
    return a.pod().getSpec().equals(b.pod().getSpec()) && a.labels().equals(b.labels());
  }

  private void tryOrGate(QueuedPod queued, long nowNs) {
    for (PreEnqueuePlugin gate : gates) {
      if (gate.preEnqueue(queued.pod()) != FilterResult.FITS) {
        unschedulable.put(queued.pod().uid(), new Waiting(queued, nowNs));
        places.put(queued.pod().uid(), Place.GATED);
        gated++;
        return;
      }
    }
    activate(queued);
  }

  private void activate(QueuedPod queued) {
    active.add(queued);
    places.put(queued.pod().uid(), Place.ACTIVE);
  }

  /// The pod is gone or has a node. Gives what was known of it.
  public @Nullable QueuedPod remove(String uid) {
    Place place = places.remove(uid);
    if (place == null) {
      return null;
    }
    return switch (place) {
      case ACTIVE -> takeActive(uid);
      case BACKING_OFF -> takeBackingOff(uid);
      case UNSCHEDULABLE -> takeUnschedulable(uid);
      case GATED -> {
        gated--;
        yield takeUnschedulable(uid);
      }
    };
  }

  // The two heaps are searched from end to end, which is rare: pods mostly leave by pop().

  private @Nullable QueuedPod takeActive(String uid) {
    for (QueuedPod queued : active) {
      if (queued.pod().uid().equals(uid)) {
        active.remove(queued);
        return queued;
      }
    }
    return null;
  }

  private @Nullable QueuedPod takeBackingOff(String uid) {
    for (Waiting waiting : backingOff) {
      if (waiting.queued().pod().uid().equals(uid)) {
        backingOff.remove(waiting);
        return waiting.queued();
      }
    }
    return null;
  }

  private @Nullable QueuedPod takeUnschedulable(String uid) {
    Waiting waiting = unschedulable.remove(uid);
    return waiting == null ? null : waiting.queued();
  }

  /// The next pod to try, or null. It is no longer in the queue; its attempt counts.
  public @Nullable QueuedPod pop() {
    QueuedPod next = active.poll();
    if (next == null) {
      return null;
    }
    places.remove(next.pod().uid());
    return next.tried();
  }

  /// No node fits: wait until something changes that may help.
  public void refused(QueuedPod queued, Set<String> plugins, long nowNs) {
    unschedulable.put(queued.pod().uid(), new Waiting(queued.refusedBy(plugins).at(nowNs), nowNs));
    places.put(queued.pod().uid(), Place.UNSCHEDULABLE);
  }

  /// Something went wrong: try again after the back-off.
  public void failed(QueuedPod queued, long nowNs) {
    backOff(queued, nowNs + backoff(queued.attempts()).toNanos());
  }

  private void backOff(QueuedPod queued, long untilNs) {
    backingOff.add(new Waiting(queued.at(untilNs), untilNs));
    places.put(queued.pod().uid(), Place.BACKING_OFF);
  }

  static Duration backoff(int attempts) {
    Duration doubled = FIRST_BACKOFF.multipliedBy(1L << Math.clamp(attempts - 1, 0, 10));
    return doubled.compareTo(LAST_BACKOFF) < 0 ? doubled : LAST_BACKOFF;
  }

  /// Wakes the unschedulable pods that `event` may help.
  public void happened(ClusterEvent event, long nowNs) {
    if (unschedulable.isEmpty()) {
      return;
    }
    List<Waiting> woken = new ArrayList<>();
    for (Waiting waiting : unschedulable.values()) {
      boolean gated = places.get(waiting.queued().pod().uid()) == Place.GATED;
      if (!gated && mayHelp(waiting.queued(), event)) {
        woken.add(waiting);
      }
    }
    woken.sort(null); // not in the order of hashes: a run is repeatable
    woken.forEach(waiting -> wake(waiting, nowNs));
  }

  private boolean mayHelp(QueuedPod queued, ClusterEvent event) {
    for (String name : queued.refusedBy()) {
      Plugin plugin = plugins.get(name);
      if (!(plugin instanceof EventHints hints) || hints.mayHelp(queued.pod(), event)) {
        return true;
      }
    }
    return queued.refusedBy().isEmpty(); // there was no node at all
  }

  private void wake(Waiting waiting, long nowNs) {
    QueuedPod queued = waiting.queued();
    unschedulable.remove(queued.pod().uid());
    long untilNs = waiting.atNs() + backoff(queued.attempts()).toNanos();
    if (untilNs > nowNs) {
      backOff(queued, untilNs);
    } else {
      activate(queued);
    }
  }

  /// Moves pods whose time has come.
  public void flush(long nowNs) {
    for (Waiting next = backingOff.peek();
        next != null && next.atNs() <= nowNs;
        next = backingOff.peek()) {
      backingOff.remove();
      activate(next.queued());
    }
    if (nowNs - flushedNs >= FLUSH_PERIOD.toNanos()) {
      flushedNs = nowNs;
      wakeOld(nowNs);
    }
  }

  private void wakeOld(long nowNs) {
    List<Waiting> old = new ArrayList<>();
    for (Waiting waiting : unschedulable.values()) {
      boolean gated = places.get(waiting.queued().pod().uid()) == Place.GATED;
      if (!gated && nowNs - waiting.atNs() >= UNSCHEDULABLE_LIMIT.toNanos()) {
        old.add(waiting);
      }
    }
    old.sort(null);
    old.forEach(waiting -> wake(waiting, nowNs));
  }

  public boolean contains(String uid) {
    return places.containsKey(uid);
  }

  public int activeCount() {
    return active.size();
  }

  public int backingOffCount() {
    return backingOff.size();
  }

  public int gatedCount() {
    return gated;
  }

  /// Gated pods among them.
  public int unschedulableCount() {
    return unschedulable.size();
  }
}
