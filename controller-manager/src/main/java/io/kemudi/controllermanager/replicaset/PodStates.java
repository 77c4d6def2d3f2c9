package io.kemudi.controllermanager.replicaset;

import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What controllers ask of a pod: does it still count, does it serve, since when.
public final class PodStates {
  private PodStates() {}

  /// Neither finished nor on its way out.
  public static boolean isActive(Pod pod) {
    return !isFinished(pod) && !pod.getMetadata().hasDeletionTimestamp();
  }

  public static boolean isFinished(Pod pod) {
    String phase = pod.getStatus().getPhase();
    return phase.equals("Succeeded") || phase.equals("Failed");
  }

  /// Being deleted, with containers that may still run.
  public static boolean isTerminating(Pod pod) {
    return !isFinished(pod) && pod.getMetadata().hasDeletionTimestamp();
  }

  public static boolean isReady(Pod pod) {
    PodCondition ready = readyCondition(pod);
    return ready != null && ready.getStatus().equals("True");
  }

  /// Ready, and has been so for `minReadySeconds`.
  public static boolean isAvailable(Pod pod, int minReadySeconds, Instant now) {
    return isReady(pod) && untilAvailable(pod, minReadySeconds, now).isZero();
  }

  /// How long a ready pod has to stay so until it counts as available; zero when it does.
  public static Duration untilAvailable(Pod pod, int minReadySeconds, Instant now) {
    PodCondition ready = readyCondition(pod);
    if (minReadySeconds == 0 || ready == null) {
      return Duration.ZERO;
    }
    Instant available = instant(ready.getLastTransitionTime()).plusSeconds(minReadySeconds);
    return available.isAfter(now) ? Duration.between(now, available) : Duration.ZERO;
  }

  /// When the pod became ready; the epoch when it is not.
  public static Instant readySince(Pod pod) {
    PodCondition ready = readyCondition(pod);
    return ready != null && ready.getStatus().equals("True")
        ? instant(ready.getLastTransitionTime())
        : Instant.EPOCH;
  }

  public static Instant instant(Time time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  public static Time time(Instant instant) {
    return Time.newBuilder().setSeconds(instant.getEpochSecond()).build();
  }

  private static @Nullable PodCondition readyCondition(Pod pod) {
    for (PodCondition condition : pod.getStatus().getConditionsList()) {
      if (condition.getType().equals("Ready")) {
        return condition;
      }
    }
    return null;
  }
}
