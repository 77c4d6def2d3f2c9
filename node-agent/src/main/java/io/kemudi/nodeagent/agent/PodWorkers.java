package io.kemudi.nodeagent.agent;

import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.Lister;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.podworker.PodServices;
import io.kemudi.nodeagent.podworker.PodWorker;
import io.kemudi.nodeagent.status.StatusWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// The workers of the node's pods by uid, each with a virtual thread of its own. As many as the API
/// has bound pods to the node, and those that are still being cleared away.
final class PodWorkers implements EventHandler<Pod> {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final PodServices services;
  private final StatusWriter statuses;
  private final ConcurrentMap<String, Running> running = new ConcurrentHashMap<>();
  private boolean open;
  private volatile boolean closed;

  private record Running(PodWorker worker, Thread thread) {}

  PodWorkers(PodServices services, StatusWriter statuses) {
    this.services = services;
    this.statuses = statuses;
  }

  /// Begins to act: on all pods that the informer has shown so far, and on what it tells from now
  /// on.
  synchronized void open(Lister<Pod> pods) {
    open = true;
    pods.list().forEach(this::onAdd);
  }

  @Override
  public synchronized void onAdd(Pod pod) {
    if (!open || closed) {
      return; // open() will find it in the lister
    }
    String uid = pod.getMetadata().getUid();
    Running known = running.get(uid);
    if (known != null) {
      statuses.learn(pod);
      known.worker().update(pod);
      return;
    }
    var worker = new PodWorker(services, pod);
    Thread thread =
        Thread.ofVirtual()
            .name("pod-" + pod.getMetadata().getName())
            .unstarted(() -> work(worker, uid));
    running.put(uid, new Running(worker, thread));
    thread.start();
  }

  private void work(PodWorker worker, String uid) {
    worker.run();
    if (worker.ended()) {
      running.remove(uid);
      statuses.forget(uid);
    }
  }

  @Override
  public void onUpdate(Pod before, Pod after) {
    onAdd(after);
  }

  @Override
  public void onDelete(Pod pod) {
    Running known = running.get(pod.getMetadata().getUid());
    if (known != null) {
      known.worker().gone();
    }
  }

  void wake(String uid) {
    Running known = running.get(uid);
    if (known != null) {
      known.worker().wake();
    }
  }

  void volumesChanged(String uid) {
    Running known = running.get(uid);
    if (known != null) {
      known.worker().volumesChanged();
    }
  }

  void evict(String uid, String why) {
    Running known = running.get(uid);
    if (known != null) {
      known.worker().evict(why);
    }
  }

  @Nullable PodWorker worker(String uid) {
    Running known = running.get(uid);
    return known == null ? null : known.worker();
  }

  Set<String> uids() {
    return Set.copyOf(running.keySet());
  }

  /// Ends the threads; what they look after goes on running.
  void close() {
    closed = true;
    List<Running> all = new ArrayList<>(running.values());
    all.forEach(r -> r.worker().close());
    long untilNs = System.nanoTime() + CLOSE_LIMIT.toNanos();
    for (Running each : all) {
      try {
        long leftNs = Math.max(1, untilNs - System.nanoTime());
        if (!each.thread().join(Duration.ofNanos(leftNs))) {
          each.thread().interrupt();
        }
      } catch (InterruptedException e) {
        each.thread().interrupt();
        Thread.currentThread().interrupt();
      }
    }
  }
}
