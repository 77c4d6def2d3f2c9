package io.kemudi.apiserver.admission.podsecurity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// One thing that a standard forbids: the rule, and what in the pod breaks it.
public record Violation(String reason, String detail) {
  /// `hostPort (container "c" uses hostPort 80), privileged (...)`.
  public static String details(Collection<Violation> violations) {
    List<String> parts = new ArrayList<>();
    for (Violation each : violations) {
      parts.add(each.detail.isEmpty() ? each.reason : each.reason + " (" + each.detail + ")");
    }
    return String.join(", ", parts);
  }

  /// `hostPort, privileged`.
  public static String reasons(Collection<Violation> violations) {
    return String.join(", ", violations.stream().map(Violation::reason).toList());
  }
}
