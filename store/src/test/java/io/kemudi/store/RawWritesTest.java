package io.kemudi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RawWritesTest {
  @Test
  void everyOperationIsARevisionAndNothingIsLeft() throws InterruptedException {
    try (var store = new MemoryStore(new ManualTime())) {
      RawWrites.Result result = RawWrites.measure(store, 100, 3, Duration.ofMillis(20));

      assertThat(result.operations()).isPositive();
      // Three were created and removed around the updates.
      assertThat(store.revision()).isEqualTo(1 + 3 + result.operations() + 3);
      assertThat(store.range(RangeRequest.all()).count()).isZero();
      assertThat(result.p99()).isGreaterThanOrEqualTo(result.p50());
    }
  }
}
