package io.kemudi.nodeagent.podworker;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.podworker.ObservedPod.Seen;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.nodeagent.status.PodContainers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops containers the graceful way: hook, signal, and force when the time is over.
final class ContainerStopper {
  private static final Logger log = LoggerFactory.getLogger(ContainerStopper.class);
  // However long the hook took, the container still has a moment to react to the signal.
  private static final Duration LAST_MOMENT = Duration.ofSeconds(2);

  private final PodServices services;
  private final LifecycleHooks hooks;

  ContainerStopper(PodServices services, LifecycleHooks hooks) {
    this.services = services;
    this.hooks = hooks;
  }

  /// Stops one container and returns when it has ended.
  ///
  /// @param message tells the user why
  void stop(Pod pod, Container container, Seen seen, String message, Duration grace)
      throws InterruptedException {
    services
        .events()
        .normal(pod, PodEvents.fieldPath(pod, container.getName()), "Killing", message);
    long startNs = services.timers().nanoTime();
    if (container.getLifecycle().hasPreStop() && !grace.isZero()) {
      preStop(pod, container, seen, grace);
    }
    Duration left = grace.minusNanos(services.timers().nanoTime() - startNs);
    Duration least = grace.compareTo(LAST_MOMENT) < 0 ? grace : LAST_MOMENT;
    services.runtime().stopContainer(seen.id(), left.compareTo(least) < 0 ? least : left);
  }

  private void preStop(Pod pod, Container container, Seen seen, Duration grace)
      throws InterruptedException {
    String failure =
        hooks.run(
            container.getLifecycle().getPreStop(),
            seen.id(),
            container,
            pod.getStatus().getPodIP(),
            grace);
    if (!failure.isEmpty()) {
      services
          .events()
          .warning(
              pod,
              PodEvents.fieldPath(pod, container.getName()),
              "FailedPreStopHook",
              "PreStopHook failed");
      log.debug("preStop hook of {} in pod {}: {}", container.getName(), name(pod), failure);
    }
  }

  /// Begins to stop all of `running`: the main containers at once, and when they have ended the
  /// sidecars, last one first. The latch opens when all have ended or could not be stopped.
  CountDownLatch stopAll(Pod pod, Collection<Seen> running, Duration grace) {
    var main = new ArrayList<Seen>();
    var sidecars = new ArrayList<Seen>();
    for (Seen seen : running) {
      Container container = PodContainers.find(pod.getSpec(), nameOf(seen));
      boolean sidecar =
          container != null
              && PodContainers.isSidecar(container)
              && PodContainers.isInit(pod.getSpec(), nameOf(seen));
      (sidecar ? sidecars : main).add(seen);
    }
    List<String> order =
        pod.getSpec().getInitContainersList().stream().map(Container::getName).toList().reversed();
    sidecars.sort(java.util.Comparator.comparingInt(s -> order.indexOf(nameOf(s))));

    long startNs = services.timers().nanoTime();
    var mainDone = new CountDownLatch(main.size());
    for (Seen seen : main) {
      services.executor().execute(() -> stopCounted(pod, seen, grace, mainDone));
    }
    var allDone = new CountDownLatch(1);
    services
        .executor()
        .execute(() -> {
          try {
            mainDone.await();
            for (Seen seen : sidecars) {
              Duration left = grace.minusNanos(services.timers().nanoTime() - startNs);
              Duration bounded = left.isNegative() ? Duration.ZERO : left;
              stopCounted(pod, seen, bounded, new CountDownLatch(1));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            allDone.countDown();
          }
        });
    return allDone;
  }

  private void stopCounted(Pod pod, Seen seen, Duration grace, CountDownLatch done) {
    try {
      Container container = PodContainers.find(pod.getSpec(), nameOf(seen));
      Container known = container == null ? Container.getDefaultInstance() : container;
      stop(pod, known, seen, "Stopping container " + nameOf(seen), grace);
    } catch (RuntimeFailure e) {
      services.events().warning(pod, "", "FailedKillPod", "error killing pod: " + e.getMessage());
      log.warn("cannot stop container {} of pod {}: {}", nameOf(seen), name(pod), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      done.countDown();
    }
  }

  private static String nameOf(Seen seen) {
    return seen.status().getMetadata().getName();
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
  }
}
