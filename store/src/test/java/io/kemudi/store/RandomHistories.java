package io.kemudi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// Random transactions, reads, watches and compactions, checked against [Model]. A failure names
/// its seed. Nobody else may write to the store meanwhile.
public final class RandomHistories {
  private static final int KEYS = 8;

  /// The last key that a concurrent history writes.
  private static final String MARKER = "end";

  private final Store store;
  private final String prefix;
  private final Random random;
  private final Model model;
  private final long origin;
  private long compacted;

  private RandomHistories(Store store, String prefix, long seed) {
    this.store = store;
    this.prefix = prefix;
    random = new Random(seed);
    origin = store.revision();
    model = new Model(origin);
    compacted = origin;
  }

  /// One thread: every answer is known in advance.
  public static void compareWithModel(Store store, String prefix, long seed, int steps) {
    var histories = new RandomHistories(store, prefix, seed);
    named(
        seed,
        () -> {
          for (int i = 0; i < steps; i++) {
            histories.step();
          }
          histories.checkWatch(histories.compacted);
        });
  }

  private static void named(long seed, Runnable body) {
    try {
      body.run();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("with seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void step() {
    int choice = random.nextInt(100);
    if (choice < 60) {
      write();
    } else if (choice < 90) {
      read(compacted + random.nextLong(model.revision() - compacted + 1));
    } else if (choice < 97) {
      checkWatch(compacted + random.nextLong(model.revision() - compacted + 1));
    } else {
      compact();
    }
  }

  private void write() {
    Txn txn = randomTxn(random, prefix, key -> modRevision(model.at(model.revision()), key));
    boolean holds = model.holds(txn, model.revision());
    if (holds && model.changes(txn)) {
      model.apply(txn);
    }
    checkResult(txn, store.txn(txn), holds);
  }

  private void checkResult(Txn txn, TxnResult result, boolean holds) {
    assertThat(result.revision()).isEqualTo(model.revision());
    switch (result) {
      case TxnResult.Committed _ -> assertThat(holds).isTrue();
      case TxnResult.Conflict conflict -> {
        assertThat(holds).isFalse();
        checkCurrent(model, txn, conflict);
      }
    }
  }

  private static void checkCurrent(Model model, Txn txn, TxnResult.Conflict conflict) {
    var expected = new ArrayList<Model.Pair>();
    for (Txn.Condition condition : txn.conditions()) {
      Model.Pair pair = model.at(conflict.revision()).get(condition.key());
      if (pair != null) {
        expected.add(pair);
      }
    }
    assertThat(conflict.current()).extracting(Model::pair).isEqualTo(expected);
  }

  private void read(long revision) {
    RangeRequest request = RangeRequest.prefix(prefix).limit(random.nextInt(KEYS + 2));
    boolean now = random.nextBoolean();
    RangeResult result = store.range(now ? request : request.at(revision));
    assertThat(result.revision()).isEqualTo(model.revision());
    checkRange(model.at(now ? model.revision() : revision), request, result);
  }

  private static void checkRange(
      TreeMap<String, Model.Pair> state, RangeRequest request, RangeResult result) {
    var expected = new LinkedHashMap<String, Model.Pair>();
    for (Map.Entry<String, Model.Pair> entry : state.entrySet()) {
      if (request.limit() == 0 || expected.size() < request.limit()) {
        expected.put(entry.getKey(), entry.getValue());
      }
    }
    var actual = new LinkedHashMap<String, Model.Pair>();
    result.pairs().forEach(pair -> actual.put(pair.key(), Model.pair(pair)));
    assertThat(new ArrayList<>(actual.entrySet())).isEqualTo(new ArrayList<>(expected.entrySet()));
    assertThat(result.count()).isEqualTo(state.size());
    assertThat(result.more()).isEqualTo(expected.size() < state.size());
  }

  private void checkWatch(long after) {
    assertThat(watched(store, prefix, after, model.revision()))
        .isEqualTo(model.events(after, model.revision()));
  }

  private static List<String> watched(Store store, String prefix, long after, long until) {
    try (var reader = WatchReader.of(store, prefix, after)) {
      return reader.until(until).stream().map(Model::describe).toList();
    }
  }

  private void compact() {
    compacted += random.nextLong(model.revision() - compacted + 1);
    if (compacted == origin) {
      return;
    }
    store.compact(compacted);
    RangeRequest before = RangeRequest.prefix(prefix).at(compacted - 1);
    assertThatThrownBy(() -> store.range(before)).isInstanceOf(StoreException.Compacted.class);
  }

  private interface Revisions {
    long of(String key);
  }

  private static long modRevision(TreeMap<String, Model.Pair> state, String key) {
    Model.Pair pair = state.get(key);
    return pair == null ? 0 : pair.modified();
  }

  /// Up to three conditions, mostly true ones, and up to three writes.
  private static Txn randomTxn(Random random, String prefix, Revisions revisions) {
    var txn = Txn.builder();
    int first = random.nextInt(KEYS);
    for (int i = random.nextInt(4); i > 0; i--) {
      String key = prefix + (first + i) % KEYS;
      txn.ifModRevision(key, random.nextInt(10) == 0 ? 1 : revisions.of(key));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      String key = prefix + (first + i) % KEYS;
      if (random.nextInt(4) == 0) {
        txn.delete(key);
      } else {
        txn.put(key, StoreContract.bytes("" + random.nextInt(1000)));
      }
    }
    return txn.build();
  }

  /// Many threads: afterwards the transactions that committed, in the order of their revisions,
  /// must explain every answer that anyone got, and every watch must have told just them.
  public static void checkConcurrent(
      Store store, String prefix, long seed, int threads, int stepsEach) throws Exception {
    long origin = store.revision();
    var committed = new ConcurrentSkipListMap<Long, Txn>();
    var observations = new ArrayList<List<Observation>>();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<StoreEvent>> told = tasks.submit(() -> readToMarker(store, prefix, origin));
      var acknowledged = new AtomicLong(origin);
      var running = new ArrayList<Future<List<Observation>>>();
      for (int i = 0; i < threads; i++) {
        var random = new Random(seed * 1000 + i);
        var worker = new Worker(store, prefix, random, acknowledged, committed);
        running.add(tasks.submit(() -> worker.run(stepsEach)));
      }
      for (Future<List<Observation>> worker : running) {
        observations.add(worker.get());
      }
      Txn marker = Txn.builder().put(prefix + MARKER, StoreContract.bytes("")).build();
      committed.put(store.txn(marker).revision(), marker);
      List<StoreEvent> events = told.get();
      named(seed, () -> checkHistory(store, prefix, origin, committed, observations, events));
    }
  }

  /// Reads while it happens; whenever it is cut off as slow, it resumes.
  private static List<StoreEvent> readToMarker(Store store, String prefix, long origin) {
    var events = new ArrayList<StoreEvent>();
    long passed = origin;
    while (true) {
      try (var live = WatchReader.of(store, prefix, passed)) {
        while (events.isEmpty() || !events.getLast().key().equals(prefix + MARKER)) {
          StoreWatch.Batch batch = live.next();
          events.addAll(batch.events());
          passed = batch.revision();
        }
        return events;
      } catch (StoreException.SlowWatcher _) {
        // The next round continues after the last batch.
      }
    }
  }

  private static void checkHistory(
      Store store,
      String prefix,
      long origin,
      ConcurrentSkipListMap<Long, Txn> committed,
      List<List<Observation>> observations,
      List<StoreEvent> told) {
    var model = new Model(origin);
    for (Map.Entry<Long, Txn> entry : committed.entrySet()) {
      assertThat(entry.getKey()).as("no revision is skipped").isEqualTo(model.revision() + 1);
      assertThat(model.holds(entry.getValue(), model.revision())).isTrue();
      model.apply(entry.getValue());
    }
    observations.forEach(worker -> worker.forEach(seen -> seen.check(model)));
    long last = model.revision();
    List<String> expected = model.events(origin, last);
    assertThat(told).extracting(Model::describe).isEqualTo(expected);
    assertThat(watched(store, prefix, origin, last)).isEqualTo(expected);
  }

  /// An answer, and the latest revision that was acknowledged to anyone before the call.
  private sealed interface Observation {
    void check(Model model);

    record Read(long acknowledged, RangeRequest request, RangeResult result)
        implements Observation {
      @Override
      public void check(Model model) {
        assertThat(result.revision()).isGreaterThanOrEqualTo(acknowledged);
        checkRange(model.at(result.revision()), request, result);
      }
    }

    record Refused(long acknowledged, Txn txn, TxnResult.Conflict conflict) implements Observation {
      @Override
      public void check(Model model) {
        assertThat(conflict.revision()).isGreaterThanOrEqualTo(acknowledged);
        assertThat(model.holds(txn, conflict.revision())).isFalse();
        checkCurrent(model, txn, conflict);
      }
    }

    record Unchanged(long acknowledged, Txn txn, long revision) implements Observation {
      @Override
      public void check(Model model) {
        assertThat(revision).isGreaterThanOrEqualTo(acknowledged);
        assertThat(model.holds(txn, revision)).isTrue();
      }
    }
  }

  private record Worker(
      Store store,
      String prefix,
      Random random,
      AtomicLong acknowledged,
      ConcurrentSkipListMap<Long, Txn> committed) {
    List<Observation> run(int steps) {
      var seen = new ArrayList<Observation>();
      var known = new TreeMap<String, Long>();
      for (int i = 0; i < steps; i++) {
        if (random.nextInt(4) == 0) {
          seen.add(read(known));
        } else {
          write(known, seen);
        }
      }
      return seen;
    }

    private Observation read(TreeMap<String, Long> known) {
      long before = acknowledged.get();
      RangeRequest request = RangeRequest.prefix(prefix);
      RangeResult result = store.range(request);
      known.clear();
      result.pairs().forEach(pair -> known.put(pair.key(), pair.modRevision()));
      return new Observation.Read(before, request, result);
    }

    private void write(TreeMap<String, Long> known, List<Observation> seen) {
      Txn txn = surelyChanging(known);
      long before = acknowledged.get();
      TxnResult result = store.txn(txn);
      switch (result) {
        case TxnResult.Conflict conflict -> {
          seen.add(new Observation.Refused(before, txn, conflict));
          txn.conditions().forEach(condition -> known.remove(condition.key()));
          conflict.current().forEach(pair -> known.put(pair.key(), pair.modRevision()));
        }
        case TxnResult.Committed(long revision) -> {
          if (txn.writes().isEmpty()) {
            seen.add(new Observation.Unchanged(before, txn, revision));
          } else {
            assertThat(committed.put(revision, txn)).as("one revision, one transaction").isNull();
            txn.writes().forEach(write -> note(known, write, revision));
          }
        }
      }
      acknowledged.accumulateAndGet(result.revision(), Math::max);
    }

    /// Whether deletes alone changed anything is not told, so none come alone.
    private Txn surelyChanging(TreeMap<String, Long> known) {
      while (true) {
        Txn txn = randomTxn(random, prefix, key -> known.getOrDefault(key, 0L));
        if (txn.writes().isEmpty() || txn.writes().stream().anyMatch(Txn.Put.class::isInstance)) {
          return txn;
        }
      }
    }

    private static void note(TreeMap<String, Long> known, Txn.Write write, long revision) {
      switch (write) {
        case Txn.Put put -> known.put(put.key(), revision);
        case Txn.Delete delete -> known.remove(delete.key());
      }
    }
  }
}
