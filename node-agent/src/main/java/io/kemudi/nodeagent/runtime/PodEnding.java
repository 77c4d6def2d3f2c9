package io.kemudi.nodeagent.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends containers that no agent looks after any more, as an agent would: all of a pod's main
/// containers at once, and when they have ended its sidecars, the last one first; each is asked,
/// given the grace that its pod was made with, and then killed. Nobody gets more time than what is
/// left of one limit for all. Hooks are not run: they are the agent's.
public final class PodEnding {
  private static final Logger log = LoggerFactory.getLogger(PodEnding.class);
  private static final long UNSTARTED = Long.MIN_VALUE;
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(30); // upstream's

  /// Ends one container: asks it, waits for `grace`, kills it. Returns when it has ended.
  public interface Stop {
    void within(Duration grace) throws IOException;
  }

  /// Is told how things go, from several threads.
  public interface Listener {
    /// @param longest the most time that one of the containers may take
    void begins(int containers, Duration longest);

    void oneHasEnded();
  }

  /// A running container.
  ///
  /// @param pod tells the pods apart
  /// @param annotations as the agent wrote them when it made the container, see [Labels]
  public record Running(String pod, String name, Map<String, String> annotations, Stop stop) {
    Duration grace() {
      String seconds = annotations.getOrDefault(Labels.GRACE, "");
      return seconds.matches("\\d{1,9}")
          ? Duration.ofSeconds(Long.parseLong(seconds))
          : DEFAULT_GRACE;
    }

    boolean sidecar() {
      return "sidecar".equals(annotations.get(Labels.ROLE));
    }
  }

  private final Duration limit;
  private final Listener listener;
  private final AtomicLong startNs = new AtomicLong(UNSTARTED);

  /// @param limit for all containers together, from the first [#end] on; zero kills at once
  public PodEnding(Duration limit, Listener listener) {
    this.limit = limit;
    this.listener = listener;
  }

  /// Returns when all have ended, or could not be ended, which is logged. The containers of a pod
  /// are given in the order in which they were started.
  public void end(List<Running> containers) {
    if (containers.isEmpty()) {
      return;
    }
    startNs.compareAndSet(UNSTARTED, System.nanoTime());
    Duration longest =
        containers.stream().map(Running::grace).max(Duration::compareTo).orElse(Duration.ZERO);
    listener.begins(containers.size(), longest.compareTo(limit) < 0 ? longest : limit);
    try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      containers.stream()
          .collect(Collectors.groupingBy(Running::pod))
          .values()
          .forEach(pod -> tasks.execute(() -> endPod(pod)));
    }
  }

  private void endPod(List<Running> pod) {
    try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      pod.stream().filter(c -> !c.sidecar()).forEach(c -> tasks.execute(() -> stop(c)));
    }
    pod.reversed().stream().filter(Running::sidecar).forEach(this::stop);
  }

  private void stop(Running container) {
    try {
      container.stop().within(within(container));
    } catch (IOException | RuntimeException e) {
      log.warn("container {} was not ended: {}", container.name(), e.getMessage());
    }
    listener.oneHasEnded();
  }

  private Duration within(Running container) {
    Duration left = limit.minusNanos(System.nanoTime() - startNs.get());
    Duration grace = container.grace();
    return left.isNegative() ? Duration.ZERO : left.compareTo(grace) < 0 ? left : grace;
  }
}
