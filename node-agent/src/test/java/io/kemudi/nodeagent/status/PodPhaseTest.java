package io.kemudi.nodeagent.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodPhaseTest {
  /// A container each: `?` not known, `w` waiting, `r` running, `0` and `1` ended with that code,
  /// `c` waiting to be started again.
  private static List<ContainerStatus> statuses(String letters) {
    var statuses = new ArrayList<ContainerStatus>();
    for (int i = 0; i < letters.length(); i++) {
      var status = ContainerStatus.newBuilder().setName("c" + i);
      switch (letters.charAt(i)) {
        case 'w' -> status.getStateBuilder().getWaitingBuilder();
        case 'r' -> status.getStateBuilder().getRunningBuilder();
        case '0' -> status.getStateBuilder().getTerminatedBuilder().setExitCode(0);
        case '1' -> status.getStateBuilder().getTerminatedBuilder().setExitCode(1);
        case 'c' -> {
          status.getStateBuilder().getWaitingBuilder();
          status.getLastStateBuilder().getTerminatedBuilder().setExitCode(1);
        }
        default -> {
          continue;
        }
      }
      statuses.add(status.build());
    }
    return statuses;
  }

  private static List<Container> containers(String letters) {
    var containers = new ArrayList<Container>();
    for (int i = 0; i < letters.length(); i++) {
      containers.add(Container.newBuilder().setName("c" + i).build());
    }
    return containers;
  }

  @ParameterizedTest
  @CsvSource({
    "Always,'',w,PENDING",
    "Always,'',?,PENDING",
    "Always,'',r,RUNNING",
    "Always,'',rw,PENDING",
    "Always,'',rc,RUNNING",
    "Always,'',00,RUNNING",
    "OnFailure,'',00,SUCCEEDED",
    "OnFailure,'',01,RUNNING",
    "OnFailure,'',0c,RUNNING",
    "Never,'',00,SUCCEEDED",
    "Never,'',01,FAILED",
    "Never,'',1r,RUNNING",
    "Always,r,w,PENDING",
    "Always,0,r,RUNNING",
    "Always,c,w,PENDING",
    "Never,1,w,FAILED",
  })
  void addsUp(String policy, String init, String main, PodPhase expected) {
    PodSpec spec =
        PodSpec.newBuilder()
            .setRestartPolicy(policy)
            .addAllInitContainers(containers(init))
            .addAllContainers(containers(main))
            .build();

    assertThat(PodPhase.of(spec, statuses(init), statuses(main))).isEqualTo(expected);
  }
}
