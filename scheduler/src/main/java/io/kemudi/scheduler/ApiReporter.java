package io.kemudi.scheduler;

import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.events.Events;
import io.kemudi.client.events.References;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.time.Timers;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reports as events and as the condition `PodScheduled`, and deletes preempted pods.
///
/// The writes happen on a thread of their own ([#run]; a simulation calls [#writeNext]), of each
/// pod only the newest condition. At most [#CAPACITY] writes wait; a condition that finds no room
/// is left out, since the pod will be tried and reported again.
public final class ApiReporter implements Reporter {
  private static final Logger log = LoggerFactory.getLogger(ApiReporter.class);
  private static final int CAPACITY = 10_000;

  private final ApiClient client;
  private final Events events;
  private final Timers timers;
  private final Map<String, Runnable> writes = new LinkedHashMap<>(); // guarded by this

  public ApiReporter(ApiClient client, Events events, Timers timers) {
    this.client = client;
    this.events = events;
    this.timers = timers;
  }

  @Override
  public void scheduled(PodInfo pod, String node) {
    events.normal(
        References.to(PODS, pod.pod()),
        "Scheduled",
        "Successfully assigned " + pod.key() + " to " + node);
  }

  @Override
  public void unschedulable(PodInfo pod, String message, String nominatedNode) {
    events.warning(References.to(PODS, pod.pod()), "FailedScheduling", message);
    condition(pod.pod(), "Unschedulable", message, nominatedNode);
  }

  @Override
  public void failed(PodInfo pod, String message) {
    events.warning(References.to(PODS, pod.pod()), "FailedScheduling", message);
    condition(pod.pod(), "SchedulerError", message, "");
  }

  @Override
  public void preempt(PodInfo pod, String node, List<PodInfo> victims) {
    for (PodInfo victim : victims) {
      submit("delete " + victim.uid(), () -> evict(pod, node, victim));
    }
  }

  private void evict(PodInfo pod, String node, PodInfo victim) {
    String message = "Preempted by pod " + pod.uid() + " on node " + node;
    client.delete(
        PODS,
        victim.key().namespace(),
        victim.key().name(),
        DeleteOptions.NONE.onlyUid(victim.uid()));
    events.normal(References.to(PODS, victim.pod()), "Preempted", message);
  }

  private void condition(Pod pod, String reason, String message, String nominatedNode) {
    boolean known =
        pod.getStatus().getConditionsList().stream().anyMatch(one -> says(one, reason, message));
    boolean nominates =
        !nominatedNode.isEmpty() && !nominatedNode.equals(pod.getStatus().getNominatedNodeName());
    if (!known || nominates) {
      submit(pod.getMetadata().getUid(), () -> write(pod, reason, message, nominatedNode));
    }
  }

  private static boolean says(PodCondition condition, String reason, String message) {
    return condition.getType().equals("PodScheduled")
        && condition.getStatus().equals("False")
        && condition.getReason().equals(reason)
        && condition.getMessage().equals(message);
  }

  private void write(Pod pod, String reason, String message, String nominatedNode) {
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("type", "PodScheduled");
    condition.put("status", "False");
    condition.put("reason", reason);
    condition.put("message", message);
    if (!alreadyFalse(pod)) {
      condition.put(
          "lastTransitionTime", timers.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    status.put("conditions", List.of(condition));
    if (!nominatedNode.isEmpty()) {
      status.put("nominatedNodeName", nominatedNode);
    }
    String patch = new String(Json.write(Map.of("status", status)), StandardCharsets.UTF_8);
    client.patch(
        PODS,
        pod.getMetadata().getNamespace(),
        pod.getMetadata().getName(),
        "status",
        Patch.strategic(patch),
        WriteOptions.NONE);
  }

  private static boolean alreadyFalse(Pod pod) {
    return pod.getStatus().getConditionsList().stream()
        .anyMatch(one -> one.getType().equals("PodScheduled") && one.getStatus().equals("False"));
  }

  private synchronized void submit(String key, Runnable write) {
    if (writes.size() < CAPACITY || writes.containsKey(key)) {
      writes.put(key, write);
      notifyAll();
    }
  }

  /// Writes until interrupted.
  void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        write(take());
      }
    } catch (InterruptedException e) {
      log.debug("reporting stopped");
    }
  }

  private synchronized Runnable take() throws InterruptedException {
    while (writes.isEmpty()) {
      wait();
    }
    return first();
  }

  private Runnable first() {
    Map.Entry<String, Runnable> first = writes.entrySet().iterator().next();
    writes.remove(first.getKey());
    return first.getValue();
  }

  /// Makes the write that has waited longest.
  ///
  /// @return whether there was one
  boolean writeNext() {
    Runnable next;
    synchronized (this) {
      if (writes.isEmpty()) {
        return false;
      }
      next = first();
    }
    write(next);
    return true;
  }

  private static void write(Runnable write) {
    try {
      write.run();
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.CONFLICT)) {
        log.info("not reported: {}", e.text());
      }
    }
  }
}
