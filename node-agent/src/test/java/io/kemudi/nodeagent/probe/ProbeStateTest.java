package io.kemudi.nodeagent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.Probe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeStateTest {
  /// Answers as letters: s(uccess), f(ailure), u(nknown); thresholds are 2 successes, 3 failures.
  @ParameterizedTest
  @CsvSource({
    "READINESS,'',false",
    "READINESS,s,false",
    "READINESS,ss,true",
    "READINESS,sfs,false",
    "READINESS,susu,true",
    "READINESS,ssff,true",
    "READINESS,ssfff,false",
    "READINESS,ssffsfff,false",
    "LIVENESS,'',true",
    "LIVENESS,ff,true",
    "LIVENESS,fff,false",
    "LIVENESS,ffuf,false",
    "LIVENESS,ffsf,true",
    "STARTUP,'',false",
    "STARTUP,fss,true",
  })
  void turnsAfterAsManyEqualAnswersAsTheThreshold(ProbeKind kind, String answers, boolean passing) {
    var state =
        new ProbeState(
            kind, Probe.newBuilder().setSuccessThreshold(2).setFailureThreshold(3).build());

    for (char answer : answers.toCharArray()) {
      state.record(
          switch (answer) {
            case 's' -> ProbeResult.Verdict.SUCCESS;
            case 'f' -> ProbeResult.Verdict.FAILURE;
            default -> ProbeResult.Verdict.UNKNOWN;
          });
    }

    assertThat(state.passing()).isEqualTo(passing);
  }
}
