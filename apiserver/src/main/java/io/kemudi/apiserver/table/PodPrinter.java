package io.kemudi.apiserver.table;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The cells of a pod: one word for all that its containers go through.
final class PodPrinter {
  static final TablePrinter PRINTER =
      TablePrinter.named()
          .text("Ready", each -> summary(each).ready)
          .text("Status", each -> summary(each).reason)
          .text("Restarts", each -> summary(each).restarts)
          .age()
          .wide("IP", PodPrinter::address)
          .wide("Node", each -> each.text("spec.nodeName", Cells.NONE))
          .wide("Nominated Node", each -> each.text("status.nominatedNodeName", Cells.NONE))
          .wide("Readiness Gates", PodPrinter::gates);

  private PodPrinter() {}

  private record Summary(String ready, String reason, String restarts) {}

  private static Summary summary(Cells pod) {
    Containers counted = new Containers(pod);
    String initializing = counted.initializing();
    String reason = initializing == null ? counted.running(phase(pod)) : initializing;
    if (pod.at("metadata.deletionTimestamp") != null) {
      boolean lost = pod.text("status.reason").equals("NodeLost");
      boolean ended = List.of("Failed", "Succeeded").contains(pod.text("status.phase"));
      reason = lost ? "Unknown" : ended ? reason : "Terminating";
    }
    return new Summary(counted.ready + "/" + counted.total, reason, counted.restarts());
  }

  private static String phase(Cells pod) {
    for (Cells condition : pod.list("status.conditions")) {
      if (condition.text("type").equals("PodScheduled")
          && condition.text("reason").equals("SchedulingGated")) {
        return "SchedulingGated";
      }
    }
    return pod.text("status.reason", pod.text("status.phase"));
  }

  private static String address(Cells pod) {
    List<Cells> addresses = pod.list("status.podIPs");
    return addresses.isEmpty()
        ? pod.text("status.podIP", Cells.NONE)
        : addresses.getFirst().text("ip");
  }

  private static String gates(Cells pod) {
    List<Cells> gates = pod.list("spec.readinessGates");
    long open = 0;
    for (Cells gate : gates) {
      for (Cells condition : pod.list("status.conditions")) {
        if (condition.text("type").equals(gate.text("conditionType"))
            && condition.text("status").equals("True")) {
          open++;
        }
      }
    }
    return gates.isEmpty() ? Cells.NONE : open + "/" + gates.size();
  }

  /// Walks over the containers' states, counting as it goes.
  private static final class Containers {
    private final Cells pod;
    private long total;
    private long ready;
    private long restarts;
    private @Nullable Instant lastRestart;

    Containers(Cells pod) {
      this.pod = pod;
      total = pod.size("spec.containers");
    }

    /// What holds the pod in its initialisation; null when that is over.
    @Nullable String initializing() {
      List<Cells> specs = pod.list("spec.initContainers");
      for (Cells spec : specs) {
        total += isSidecar(spec) ? 1 : 0;
      }
      String reason = null;
      int index = 0;
      for (Cells status : pod.list("status.initContainerStatuses")) {
        boolean sidecar =
            specs.stream()
                .anyMatch(spec -> isSidecar(spec) && spec.text("name").equals(status.text("name")));
        count(status);
        if (sidecar && status.flag("ready")) {
          ready++;
        }
        boolean done =
            status.at("state.terminated") != null
                && status.number("state.terminated.exitCode") == 0;
        if (!done && !(sidecar && status.flag("started")) && reason == null) {
          reason = "Init:" + stuck(status, index, specs.size());
        }
        index++;
      }
      if (reason != null) {
        // only what is being initialised counts now
        return reason;
      }
      restarts = 0;
      lastRestart = null;
      pod.list("status.initContainerStatuses").stream()
          .filter(status ->
              specs.stream()
                  .anyMatch(
                      spec -> isSidecar(spec) && spec.text("name").equals(status.text("name"))))
          .forEach(this::count);
      return null;
    }

    private static String stuck(Cells status, int index, int all) {
      if (status.at("state.terminated") != null) {
        return ended(status);
      }
      String waiting = status.text("state.waiting.reason");
      return waiting.isEmpty() || waiting.equals("PodInitializing") ? index + "/" + all : waiting;
    }

    String running(String phase) {
      String reason = phase;
      boolean running = false;
      List<Cells> statuses = pod.list("status.containerStatuses");
      for (Cells status : statuses.reversed()) {
        count(status);
        String waiting = status.text("state.waiting.reason");
        if (!waiting.isEmpty()) {
          reason = waiting;
        } else if (status.at("state.terminated") != null) {
          reason = ended(status);
        } else if (status.flag("ready") && status.at("state.running") != null) {
          running = true;
          ready++;
        }
      }
      // one container that ended beside one that runs
      if (reason.equals("Completed") && running) {
        return isReady() ? "Running" : "NotReady";
      }
      return reason;
    }

    private static String ended(Cells status) {
      String reason = status.text("state.terminated.reason");
      if (!reason.isEmpty()) {
        return reason;
      }
      long signal = status.number("state.terminated.signal");
      return signal != 0
          ? "Signal:" + signal
          : "ExitCode:" + status.number("state.terminated.exitCode");
    }

    private void count(Cells status) {
      restarts += status.number("restartCount");
      Instant ended = status.time("lastState.terminated.finishedAt");
      if (ended != null && (lastRestart == null || ended.isAfter(lastRestart))) {
        lastRestart = ended;
      }
    }

    private boolean isReady() {
      return pod.list("status.conditions").stream()
          .anyMatch(condition ->
              condition.text("type").equals("Ready") && condition.text("status").equals("True"));
    }

    String restarts() {
      Instant last = lastRestart;
      return restarts == 0 || last == null
          ? Long.toString(restarts)
          : restarts + " (" + Ages.shortly(Duration.between(last, pod.now())) + " ago)";
    }

    private static boolean isSidecar(Cells container) {
      return container.text("restartPolicy").equals("Always");
    }
  }
}
