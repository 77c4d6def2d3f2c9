package io.kemudi.nodeagent.probe;

import io.kemudi.kubernetes.core.v1.Probe;
import org.jspecify.annotations.Nullable;

/// What a row of answers adds up to: the verdict turns when as many equal answers in a row have
/// come as the threshold says. One thread.
public final class ProbeState {
  private static final int DEFAULT_FAILURES = 3;

  private final int successThreshold;
  private final int failureThreshold;
  private boolean passing;
  private boolean decided;
  private ProbeResult.@Nullable Verdict last;
  private int inARow;

  public ProbeState(ProbeKind kind, Probe probe) {
    this(kind.initially(), probe);
  }

  /// @param passing what holds until the first verdict, such as what an earlier agent had found
  public ProbeState(boolean passing, Probe probe) {
    this.passing = passing;
    successThreshold = Math.max(1, probe.getSuccessThreshold());
    failureThreshold =
        probe.getFailureThreshold() > 0 ? probe.getFailureThreshold() : DEFAULT_FAILURES;
  }

  /// Takes an answer; true when the verdict has turned (or is the first one).
  public boolean record(ProbeResult.Verdict answer) {
    if (answer == ProbeResult.Verdict.UNKNOWN) {
      return false;
    }
    inARow = answer == last ? inARow + 1 : 1;
    last = answer;
    boolean success = answer == ProbeResult.Verdict.SUCCESS;
    if (inARow < (success ? successThreshold : failureThreshold)) {
      return false;
    }
    boolean turned = !decided || passing != success;
    decided = true;
    passing = success;
    return turned;
  }

  public boolean passing() {
    return passing;
  }

  /// Whether there has been a verdict at all.
  public boolean decided() {
    return decided;
  }
}
