package io.kemudi.nodeagent.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.nodeagent.status.Amounts;
import io.kemudi.nodeagent.status.QosClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupNumbersTest {
  private static final long NODE_BYTES = 8L << 30;

  /// Requests and limits as `cpu/memory`, `-` where there is none.
  @ParameterizedTest
  @CsvSource({
    "-/-,-/-,BEST_EFFORT,2,0,0,1000",
    "500m/1Gi,500m/1Gi,GUARANTEED,512,50000,1073741824,-997",
    "-/-,2/64Mi,GUARANTEED,2048,200000,67108864,-997",
    "100m/4Gi,-/-,BURSTABLE,102,0,0,500",
    "1m/-,5m/-,BURSTABLE,2,1000,0,999",
  })
  void areThoseOfUpstream(
      String requests,
      String limits,
      QosClass qos,
      long shares,
      long quota,
      long memory,
      long oomScore) {
    var container = Container.newBuilder().setName("c");
    put(requests, container, false);
    put(limits, container, true);
    PodSpec pod = PodSpec.newBuilder().addContainers(container).build();

    var numbers = CgroupNumbers.of(pod, container.build(), NODE_BYTES);

    assertThat(QosClass.of(pod)).isEqualTo(qos);
    assertThat(numbers.getCpuShares()).isEqualTo(shares);
    assertThat(numbers.getCpuQuota()).isEqualTo(quota);
    assertThat(numbers.getMemoryLimitInBytes()).isEqualTo(memory);
    assertThat(numbers.getOomScoreAdj()).isEqualTo(oomScore);
  }

  private static void put(String text, Container.Builder container, boolean limits) {
    String[] parts = text.split("/", -1);
    String[] names = {"cpu", "memory"};
    for (int i = 0; i < 2; i++) {
      if (!parts[i].equals("-")) {
        if (limits) {
          container.getResourcesBuilder().putLimits(names[i], Amounts.quantity(parts[i]));
        } else {
          container.getResourcesBuilder().putRequests(names[i], Amounts.quantity(parts[i]));
        }
      }
    }
  }
}
