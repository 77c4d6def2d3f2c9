package io.kemudi.store.memory;

import io.kemudi.store.RandomHistories;
import io.kemudi.store.Store;
import io.kemudi.store.StoreContract;
import io.kemudi.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class MemoryStoreTest extends StoreContract {
  private final ManualTime time = new ManualTime();

  @Override
  protected Store openStore() {
    return new MemoryStore(time, WATCH_LAG);
  }

  @Override
  protected void elapse(Duration by) {
    time.advance(by);
  }

  @RepeatedTest(20)
  void followsTheModel(RepetitionInfo repetition) {
    RandomHistories.compareWithModel(store, prefix, repetition.getCurrentRepetition(), 300);
  }

  @RepeatedTest(5)
  void isOneHistoryForConcurrentWriters(RepetitionInfo repetition) throws Exception {
    RandomHistories.checkConcurrent(store, prefix, repetition.getCurrentRepetition(), 6, 150);
  }
}
