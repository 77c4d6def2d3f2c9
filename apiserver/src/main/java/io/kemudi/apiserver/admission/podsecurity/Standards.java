package io.kemudi.apiserver.admission.podsecurity;

import io.kemudi.apiserver.admission.podsecurity.Policy.Standard;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;

/// All rules, baseline before restricted, in the order in which upstream lists violations.
public final class Standards {
  private static final int NEVER = Standard.LATEST;

  private static final List<Check> CHECKS =
      List.of(
          new Check(Level.BASELINE, 0, NEVER, BaselineRules::appArmor),
          new Check(Level.BASELINE, 0, 22, BaselineRules::capabilities),
          new Check(Level.BASELINE, 0, NEVER, BaselineRules::hostNamespaces),
          new Check(Level.BASELINE, 0, 0, BaselineRules::hostPathVolumes),
          new Check(Level.BASELINE, 0, NEVER, BaselineRules::hostPorts),
          new Check(Level.BASELINE, 34, NEVER, BaselineRules::probeHosts),
          new Check(Level.BASELINE, 0, NEVER, BaselineRules::privileged),
          new Check(Level.BASELINE, 0, 35, BaselineRules::procMount),
          new Check(Level.BASELINE, 0, NEVER, BaselineRules::seLinuxOptions),
          new Check(Level.BASELINE, 0, 19, BaselineRules::seccompProfile),
          new Check(Level.BASELINE, 0, NEVER, BaselineRules::sysctls),
          new Check(Level.BASELINE, 0, NEVER, BaselineRules::windowsHostProcess),
          new Check(Level.RESTRICTED, 8, NEVER, RestrictedRules::allowPrivilegeEscalation),
          new Check(Level.RESTRICTED, 22, NEVER, RestrictedRules::capabilities),
          new Check(Level.RESTRICTED, 35, NEVER, RestrictedRules::procMount),
          new Check(Level.RESTRICTED, 0, NEVER, RestrictedRules::volumes),
          new Check(Level.RESTRICTED, 0, NEVER, RestrictedRules::runAsNonRoot),
          new Check(Level.RESTRICTED, 23, NEVER, RestrictedRules::runAsUser),
          new Check(Level.RESTRICTED, 19, NEVER, RestrictedRules::seccompProfile));

  private Standards() {}

  /// What in the pod a standard forbids; empty when it conforms.
  public static List<Violation> violations(Standard standard, ObjectMeta metadata, PodSpec spec) {
    List<Violation> violations = new ArrayList<>();
    for (Check check : CHECKS) {
      if (check.applies(standard)) {
        Violation violation = check.rule().find(metadata, spec, standard.minor());
        if (violation != null) {
          violations.add(violation);
        }
      }
    }
    return violations;
  }
}
