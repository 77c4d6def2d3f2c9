package io.kemudi.scheduler.plugins;

import io.kemudi.kubernetes.core.v1.Taint;
import io.kemudi.kubernetes.core.v1.Toleration;
import java.util.List;

/// Which taints a pod puts up with.
final class Tolerations {
  private Tolerations() {}

  static boolean tolerate(List<Toleration> tolerations, Taint taint) {
    for (Toleration toleration : tolerations) {
      if (tolerates(toleration, taint)) {
        return true;
      }
    }
    return false;
  }

  /// An empty effect means every effect, an empty key with `Exists` every taint.
  private static boolean tolerates(Toleration toleration, Taint taint) {
    boolean effect =
        toleration.getEffect().isEmpty() || toleration.getEffect().equals(taint.getEffect());
    boolean key = toleration.getKey().isEmpty() || toleration.getKey().equals(taint.getKey());
    return effect && key && value(toleration, taint.getValue());
  }

  private static boolean value(Toleration toleration, String value) {
    return switch (toleration.getOperator()) {
      case "", "Equal" -> toleration.getValue().equals(value);
      case "Exists" -> true;
      case "Gt" -> numeric(value, toleration.getValue(), 1);
      case "Lt" -> numeric(value, toleration.getValue(), -1);
      default -> false;
    };
  }

  private static boolean numeric(String taint, String toleration, int sign) {
    try {
      return Integer.signum(Long.compare(Long.parseLong(taint), Long.parseLong(toleration)))
          == sign;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
