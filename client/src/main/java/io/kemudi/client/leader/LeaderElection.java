package io.kemudi.client.leader;

import java.time.Duration;

/// Which Lease is fought for, by whom, and with what patience. Upstream's defaults: a leader that
/// has not renewed for `leaseDuration` may be replaced, itself gives up after `renewDeadline`, and
/// everyone tries every `retryPeriod`.
public record LeaderElection(
    String namespace,
    String name,
    String identity,
    Duration leaseDuration,
    Duration renewDeadline,
    Duration retryPeriod) {

  public LeaderElection {
    if (leaseDuration.compareTo(renewDeadline) <= 0 || renewDeadline.compareTo(retryPeriod) <= 0) {
      throw new IllegalArgumentException(
          "leaseDuration > renewDeadline > retryPeriod must hold, not "
              + leaseDuration
              + ", "
              + renewDeadline
              + ", "
              + retryPeriod);
    }
  }

  /// The defaults, on a Lease in `kube-system`.
  public static LeaderElection of(String name, String identity) {
    return new LeaderElection(
        "kube-system",
        name,
        identity,
        Duration.ofSeconds(15),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2));
  }
}
