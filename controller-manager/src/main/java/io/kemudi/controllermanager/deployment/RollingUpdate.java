package io.kemudi.controllermanager.deployment;

import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.intstr.IntOrString;

/// How far a rolling update may go beyond and below the number of replicas.
record RollingUpdate(int maxSurge, int maxUnavailable) {
  static final String TYPE = "RollingUpdate";

  /// Percentages are of `spec.replicas`; surge rounds up, unavailability down. Both zero would
  /// never move, so then one pod may be unavailable. A Recreate deployment has no surge.
  static RollingUpdate of(Deployment deployment) {
    var strategy = deployment.getSpec().getStrategy();
    if (!strategy.getType().equals(TYPE)) {
      return new RollingUpdate(0, 0);
    }
    int replicas = deployment.getSpec().getReplicas();
    int surge = resolve(strategy.getRollingUpdate().getMaxSurge(), replicas, true);
    int unavailable = resolve(strategy.getRollingUpdate().getMaxUnavailable(), replicas, false);
    if (surge == 0 && unavailable == 0) {
      unavailable = 1;
    }
    return new RollingUpdate(surge, Math.min(unavailable, replicas));
  }

  /// An absolute number, or `25%` of `total`.
  private static int resolve(IntOrString value, int total, boolean roundUp) {
    if (value.getType() == 0) {
      return value.getIntVal();
    }
    String text = value.getStrVal();
    int percent = Integer.parseInt(text.substring(0, text.length() - 1));
    long scaled = (long) percent * total;
    return (int) (roundUp ? Math.ceilDiv(scaled, 100) : scaled / 100);
  }
}
