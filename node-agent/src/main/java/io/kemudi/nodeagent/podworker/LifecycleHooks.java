package io.kemudi.nodeagent.podworker;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.LifecycleHandler;
import io.kemudi.kubernetes.core.v1.ProbeHandler;
import io.kemudi.nodeagent.probe.ProbeResult;
import io.kemudi.nodeagent.probe.ProbeTarget;
import io.kemudi.nodeagent.probe.Prober;
import io.kemudi.time.Timers;
import java.time.Duration;

/// Runs what a container wants done after its start and before its end. A hook is a question that
/// has to succeed, so it is asked as a probe is.
final class LifecycleHooks {
  private final Prober prober;
  private final Timers timers;

  LifecycleHooks(Prober prober, Timers timers) {
    this.prober = prober;
    this.timers = timers;
  }

  /// Returns why the hook failed, or "" when it has succeeded.
  String run(
      LifecycleHandler hook, String containerId, Container container, String ip, Duration limit)
      throws InterruptedException {
    if (hook.hasSleep()) {
      Duration wanted = Duration.ofSeconds(hook.getSleep().getSeconds());
      timers.sleep(wanted.compareTo(limit) < 0 ? wanted : limit);
      return "";
    }
    var question = ProbeHandler.newBuilder();
    if (hook.hasExec()) {
      question.setExec(hook.getExec());
    } else if (hook.hasHttpGet()) {
      question.setHttpGet(hook.getHttpGet());
    } else if (hook.hasTcpSocket()) {
      question.setTcpSocket(hook.getTcpSocket());
    } else {
      return "invalid handler: the hook names no action";
    }
    var target = new ProbeTarget(containerId, container, ip);
    ProbeResult result = prober.probe(target, question.build(), limit);
    return result.verdict() == ProbeResult.Verdict.SUCCESS ? "" : "hook failed: " + result.output();
  }
}
