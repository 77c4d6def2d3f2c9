package io.kemudi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Writers that can be killed at any moment, and what must then be true.
///
/// Each writer counts: its n-th transaction sets both of its counters to n and creates a key for n.
public final class CrashHistory {
  public static final int WRITERS = 8;

  private static final String PREFIX = "/crash/";

  private CrashHistory() {}

  /// Writes until the store fails. `acknowledged` hears of each number only after its transaction.
  public static void write(Store store, int writer, BiConsumer<Integer, Integer> acknowledged) {
    int number = counter(store, writer, "left");
    while (true) {
      number++;
      byte[] value = StoreContract.bytes("" + number);
      var txn =
          Txn.builder()
              .ifAbsent(entry(writer, number))
              .put(counterKey(writer, "left"), value)
              .put(entry(writer, number), new byte[2000])
              .put(counterKey(writer, "right"), value);
      try {
        TxnResult result = store.txn(txn.build());
        assertThat(result).isInstanceOf(TxnResult.Committed.class);
      } catch (StoreException.Unavailable _) {
        return;
      }
      acknowledged.accept(writer, number);
    }
  }

  private static int counter(Store store, int writer, String side) {
    List<KeyValue> pairs = store.range(RangeRequest.key(counterKey(writer, side))).pairs();
    return pairs.isEmpty() ? 0 : Integer.parseInt(StoreContract.text(pairs.getFirst().value()));
  }

  private static String counterKey(int writer, String side) {
    return PREFIX + "counters/" + writer + "/" + side;
  }

  private static String entry(int writer, int number) {
    return PREFIX + "entries/" + writer + "/%08d".formatted(number);
  }

  /// No acknowledged number is lost, no transaction is half there, and history tells the same.
  public static void verify(Store store, Map<Integer, Integer> acknowledged) {
    for (int writer = 0; writer < WRITERS; writer++) {
      int left = counter(store, writer, "left");
      assertThat(left).isGreaterThanOrEqualTo(acknowledged.getOrDefault(writer, 0));
      assertThat(counter(store, writer, "right")).isEqualTo(left);
      RangeResult entries = store.range(RangeRequest.prefix(PREFIX + "entries/" + writer + "/"));
      assertThat(entries.count()).isEqualTo(left);
      for (int number = 1; number <= left; number++) {
        assertThat(entries.pairs().get(number - 1).key()).isEqualTo(entry(writer, number));
      }
    }
    verifyRevisions(store);
  }

  private static void verifyRevisions(Store store) {
    var events = new HashMap<Long, Integer>();
    long last = store.revision();
    try (var reader = WatchReader.of(store, PREFIX, 1)) {
      reader.until(last).forEach(event -> events.merge(event.revision(), 1, Integer::sum));
    }
    assertThat(events).hasSize((int) last - 1);
    assertThat(events.values()).containsOnly(3);
  }
}
