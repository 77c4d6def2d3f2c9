package io.kemudi.nodeagent.probe;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Probe;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The probes of one running container. Each question is put on a thread of the executor, at most
/// one of each kind at a time; the verdicts can be read from any thread.
public final class ContainerProbes {
  private static final int DEFAULT_PERIOD = 10;

  private final ProbeTarget target;
  private final Prober prober;
  private final Timers timers;
  private final Executor executor;
  private final Runnable changed;
  private final BiConsumer<ProbeKind, String> unhealthy;
  private final Map<ProbeKind, Running> running = new EnumMap<>(ProbeKind.class);
  private volatile boolean stopped;

  /// One probe with what it has found so far; guarded by itself.
  private static final class Running {
    final ProbeKind kind;
    final Probe probe;
    final ProbeState state;
    Timers.@Nullable Timer timer;

    Running(ProbeKind kind, Probe probe, ProbeState state) {
      this.kind = kind;
      this.probe = probe;
      this.state = state;
    }
  }

  /// @param startedAt when the container started: initial delays count from there
  /// @param known what an earlier agent had found: a container that was started stays so, one that
  ///   was ready stays so until it fails
  /// @param changed called when a verdict has turned
  /// @param unhealthy told of every answer that was a failure
  public ContainerProbes(
      ProbeTarget target,
      Instant startedAt,
      Known known,
      Prober prober,
      Timers timers,
      Executor executor,
      Runnable changed,
      BiConsumer<ProbeKind, String> unhealthy) {
    this.target = target;
    this.prober = prober;
    this.timers = timers;
    this.executor = executor;
    this.changed = changed;
    this.unhealthy = unhealthy;
    Container container = target.container();
    if (container.hasStartupProbe()) {
      add(ProbeKind.STARTUP, container.getStartupProbe(), known.started());
    }
    if (container.hasReadinessProbe()) {
      add(ProbeKind.READINESS, container.getReadinessProbe(), known.ready());
    }
    if (container.hasLivenessProbe()) {
      add(ProbeKind.LIVENESS, container.getLivenessProbe(), true);
    }
    running.values().forEach(r -> schedule(r, firstDelay(r.probe, startedAt)));
  }

  /// What was known of the container before.
  public record Known(boolean started, boolean ready) {
    public static final Known NOTHING = new Known(false, false);
  }

  private void add(ProbeKind kind, Probe probe, boolean passing) {
    running.put(kind, new Running(kind, probe, new ProbeState(passing, probe)));
  }

  private Duration firstDelay(Probe probe, Instant startedAt) {
    Instant first = startedAt.plusSeconds(probe.getInitialDelaySeconds());
    Duration delay = Duration.between(timers.instant(), first);
    return delay.isNegative() ? Duration.ZERO : delay;
  }

  private void schedule(Running probe, Duration delay) {
    synchronized (probe) {
      if (!stopped) {
        probe.timer = timers.schedule(delay, () -> executor.execute(() -> ask(probe)));
      }
    }
  }

  /// Puts the question once and plans the next time. The others wait for the startup probe.
  private void ask(Running probe) {
    if (stopped) {
      return;
    }
    boolean waits = probe.kind != ProbeKind.STARTUP && !started();
    boolean over = probe.kind == ProbeKind.STARTUP && passes(ProbeKind.STARTUP);
    if (!waits && !over) {
      answer(probe, prober.probe(target, probe.probe.getHandler(), limit(probe.probe)));
    }
    if (!over) {
      int period = probe.probe.getPeriodSeconds();
      schedule(probe, Duration.ofSeconds(period > 0 ? period : DEFAULT_PERIOD));
    }
  }

  private static Duration limit(Probe probe) {
    return Duration.ofSeconds(Math.max(1, probe.getTimeoutSeconds()));
  }

  private void answer(Running probe, ProbeResult result) {
    if (stopped) {
      return; // a container on its way out may well not answer
    }
    if (result.verdict() == ProbeResult.Verdict.FAILURE) {
      unhealthy.accept(probe.kind, result.output());
    }
    boolean turned;
    synchronized (probe) {
      turned = probe.state.record(result.verdict());
    }
    if (turned) {
      changed.run();
    }
  }

  private boolean passes(ProbeKind kind) {
    Running probe = running.get(kind);
    if (probe == null) {
      return true;
    }
    synchronized (probe) {
      return probe.state.passing();
    }
  }

  public boolean started() {
    return passes(ProbeKind.STARTUP);
  }

  public boolean ready() {
    return started() && passes(ProbeKind.READINESS);
  }

  /// The probe that gave the container up, or null.
  public @Nullable ProbeKind failed() {
    for (ProbeKind kind : new ProbeKind[] {ProbeKind.STARTUP, ProbeKind.LIVENESS}) {
      Running probe = running.get(kind);
      if (probe == null) {
        continue;
      }
      synchronized (probe) {
        if (probe.state.decided() && !probe.state.passing()) {
          return kind;
        }
      }
    }
    return null;
  }

  public @Nullable Duration graceOf(ProbeKind kind) {
    Running probe = running.get(kind);
    return probe != null && probe.probe.hasTerminationGracePeriodSeconds()
        ? Duration.ofSeconds(probe.probe.getTerminationGracePeriodSeconds())
        : null;
  }

  public void stop() {
    stopped = true;
    for (Running probe : running.values()) {
      synchronized (probe) {
        if (probe.timer != null) {
          probe.timer.cancel();
        }
      }
    }
  }
}
