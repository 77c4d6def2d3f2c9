package io.kemudi.nodeagent.status;

import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.core.v1.PodStatus;
import io.kemudi.nodeagent.podworker.StatusSink;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes pod statuses to the API server, off the workers' threads. Of each pod only the newest
/// status waits; it is tried, with growing pauses, until it is written or the pod is gone. A status
/// equal to what the server has is not written. Conditions of others are kept.
public final class StatusWriter implements StatusSink {
  private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);
  private static final Duration PAUSE_MIN = Duration.ofMillis(500);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(10);

  private final ApiClient client;
  private final Timers timers;
  private final Executor executor;
  // By uid; as many as there are pods on the node.
  private final ConcurrentMap<String, Slot> slots = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// What is known and wanted of one pod; guarded by itself.
  private static final class Slot {
    Pod latest;
    @Nullable PodStatus wanted;
    boolean finish;
    boolean busy;

    Slot(Pod latest) {
      this.latest = latest;
    }

    /// Takes over a copy of the pod if it is newer than what is known.
    void learn(Pod pod) {
      if (revision(pod) >= revision(latest)) {
        latest = pod;
      }
    }

    private static long revision(Pod pod) {
      String text = pod.getMetadata().getResourceVersion();
      return text.isEmpty() ? 0 : Long.parseLong(text);
    }
  }

  public StatusWriter(ApiClient client, Timers timers, Executor executor) {
    this.client = client;
    this.timers = timers;
    this.executor = executor;
  }

  @Override
  public void write(Pod pod, PodStatus status) {
    submit(pod, status, false);
  }

  @Override
  public void finished(Pod pod, PodStatus status) {
    submit(pod, status, true);
  }

  public void forget(String uid) {
    slots.remove(uid);
  }

  public void close() {
    closed = true;
  }

  private void submit(Pod pod, PodStatus status, boolean finish) {
    Slot slot = slots.computeIfAbsent(pod.getMetadata().getUid(), _ -> new Slot(pod));
    synchronized (slot) {
      slot.wanted = status;
      slot.finish |= finish;
      if (slot.busy) {
        return;
      }
      slot.busy = true;
    }
    executor.execute(() -> drain(slot));
  }

  /// Tells the newest state that the API has shown, so that the next write builds on it.
  public void learn(Pod pod) {
    Slot slot = slots.get(pod.getMetadata().getUid());
    if (slot != null) {
      synchronized (slot) {
        slot.learn(pod);
      }
    }
  }

  private void drain(Slot slot) {
    Duration pause = PAUSE_MIN;
    while (!closed) {
      Pod latest;
      PodStatus status;
      boolean finish;
      synchronized (slot) {
        latest = slot.latest;
        status = slot.wanted;
        finish = slot.finish;
        slot.wanted = null;
        slot.finish = false;
        if (status == null) {
          slot.busy = false;
          return;
        }
      }
      try {
        put(slot, latest, status);
        if (finish) {
          delete(latest);
        }
        pause = PAUSE_MIN;
      } catch (ApiException e) {
        retryLater(slot, status, finish, e, pause);
        pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
      }
    }
  }

  private void retryLater(
      Slot slot, PodStatus status, boolean finish, ApiException e, Duration pause) {
    if (e.is(StatusReason.NOT_FOUND)) {
      return; // the worker will hear of it
    }
    log.debug("cannot write the status of {}: {}", slot.latest.getMetadata().getName(), e.text());
    synchronized (slot) {
      slot.wanted = slot.wanted == null ? status : slot.wanted;
      slot.finish |= finish;
    }
    try {
      timers.sleep(pause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  private void put(Slot slot, Pod latest, PodStatus status) {
    Pod base = latest;
    for (int attempt = 0; ; attempt++) {
      Pod next = base.toBuilder().setStatus(withOthersConditions(status, base)).build();
      if (next.getStatus().equals(base.getStatus())) {
        return;
      }
      try {
        Pod written = client.updateSubresource(PODS, "status", next, WriteOptions.NONE);
        synchronized (slot) {
          slot.learn(written);
        }
        return;
      } catch (ApiException e) {
        if (!e.is(StatusReason.CONFLICT) || attempt == 3) {
          throw e;
        }
        base = client.get(PODS, base.getMetadata().getNamespace(), base.getMetadata().getName());
        if (!base.getMetadata().getUid().equals(latest.getMetadata().getUid())) {
          return; // another pod of that name: ours is gone
        }
      }
    }
  }

  private static PodStatus withOthersConditions(PodStatus status, Pod base) {
    PodStatus.Builder merged = status.toBuilder().clearConditions();
    for (PodCondition condition : base.getStatus().getConditionsList()) {
      if (!PodConditions.OWNED.contains(condition.getType())) {
        merged.addConditions(condition);
      }
    }
    for (PodCondition condition : status.getConditionsList()) {
      if (PodConditions.OWNED.contains(condition.getType())) {
        merged.addConditions(condition);
      }
    }
    return merged.build();
  }

  private void delete(Pod pod) {
    try {
      client.delete(
          PODS,
          pod.getMetadata().getNamespace(),
          pod.getMetadata().getName(),
          DeleteOptions.NONE.grace(0).onlyUid(pod.getMetadata().getUid()));
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.CONFLICT)) {
        throw e;
      }
    }
  }
}
