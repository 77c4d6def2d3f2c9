package io.kemudi.client.leader;

import static io.kemudi.apimachinery.resource.ResourceTypes.LEASES;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.kubernetes.coordination.v1.Lease;
import io.kemudi.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LeaderElectorTest {
  private final FakeApiClient server = new FakeApiClient();
  private final ManualTime time = new ManualTime();
  private final List<String> told = new ArrayList<>();
  private final LeaderElector a = elector("a");
  private final LeaderElector b = elector("b");

  private LeaderElector elector(String identity) {
    return new LeaderElector(
        server,
        LeaderElection.of("scheduler", identity),
        () -> told.add("+" + identity),
        () -> told.add("-" + identity),
        time,
        new SplittableRandom(1));
  }

  @Test
  void theFirstOneLeadsAndTheOtherWaits() {
    a.tick();
    b.tick();

    assertThat(told).containsExactly("+a");
    assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("a");
    assertThat(lease().getSpec().getLeaseDurationSeconds()).isEqualTo(15);
  }

  @Test
  void aLeaderThatRenewsIsNotReplaced() {
    for (int i = 0; i < 30; i++) {
      a.tick();
      b.tick();
      time.advance(Duration.ofSeconds(2));
    }
    assertThat(told).containsExactly("+a");
  }

  @Test
  void aSilentLeaderIsReplacedAfterTheLeaseDurationAsTheOtherSawIt() {
    a.tick();
    b.tick();
    time.advance(Duration.ofSeconds(14));
    b.tick();
    assertThat(b.leading()).isFalse();
    time.advance(Duration.ofSeconds(1));
    b.tick();

    assertThat(b.leading()).isTrue();
    assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
  }

  @Test
  void aLeaderCutOffFromTheServerStopsBeforeAnotherMayBegin() {
    a.tick();
    server.refuse((_, _) -> new ApiException(StatusReason.SERVICE_UNAVAILABLE, "down"));
    time.advance(Duration.ofSeconds(9));
    assertThat(a.tick()).isEqualTo(Duration.ofSeconds(1));
    assertThat(told).containsExactly("+a");
    time.advance(Duration.ofSeconds(1));
    a.tick();

    assertThat(told).containsExactly("+a", "-a");
  }

  @Test
  void aLeaderThatStopsGivesTheLeaseUpAtOnce() {
    a.tick();
    b.tick();
    a.close();
    b.tick();

    assertThat(told).containsExactly("+a", "-a", "+b");
  }

  private Lease lease() {
    return server.get(LEASES, "kube-system", "scheduler");
  }
}
