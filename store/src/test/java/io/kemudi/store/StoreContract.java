package io.kemudi.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every sentence of the contract of [Store], for every implementation. The store may be shared and
/// hold other keys: a test has a prefix of its own and takes revisions relative to where it began.
@Timeout(60)
public abstract class StoreContract {
  private static final AtomicInteger tests = new AtomicInteger();

  /// How many revisions the watches of [#openStore] may fall behind, at most.
  protected static final int WATCH_LAG = 200;

  protected Store store;
  protected String prefix;

  /// A store whose watches are cut off when they are [#WATCH_LAG] revisions behind.
  protected abstract Store openStore() throws Exception;

  /// Lets the time pass by which leases expire.
  protected abstract void elapse(Duration time) throws Exception;

  @BeforeEach
  void open() throws Exception {
    prefix = "/test" + tests.incrementAndGet() + "/";
    store = openStore();
  }

  @AfterEach
  void close() {
    store.close();
  }

  // ---- transactions

  @Test
  void writesOfOneTransactionShareTheNextRevision() {
    long before = store.revision();

    long revision = commit(Txn.builder().put(key("a"), bytes("1")).put(key("b"), bytes("2")));

    assertThat(revision).isEqualTo(before + 1).isEqualTo(store.revision());
    assertThat(texts(range())).containsExactly("a=1@0", "b=2@0");
    assertThat(get("a").modRevision()).isEqualTo(revision);
    assertThat(get("b").modRevision()).isEqualTo(revision);
  }

  @Test
  void aConditionThatFailsChangesNothingAndTellsWhatIsThere() {
    long created = put("a", "1");
    put("b", "2");

    TxnResult result =
        store.txn(
            Txn.builder()
                .ifModRevision(key("b"), created)
                .ifAbsent(key("c"))
                .ifModRevision(key("a"), created)
                .put(key("a"), bytes("changed"))
                .delete(key("b"))
                .build());

    assertThat(result).isInstanceOf(TxnResult.Conflict.class);
    assertThat(result.revision()).isEqualTo(store.revision());
    assertThat(texts(((TxnResult.Conflict) result).current())).containsExactly("b=2@0", "a=1@0");
    assertThat(texts(range())).containsExactly("a=1@0", "b=2@0");
  }

  @Test
  void aKeyIsCreatedOnlyOnce() {
    Txn create = Txn.builder().ifAbsent(key("a")).put(key("a"), bytes("1")).build();

    assertThat(store.txn(create)).isInstanceOf(TxnResult.Committed.class);
    assertThat(store.txn(create)).isInstanceOf(TxnResult.Conflict.class);
  }

  @Test
  void aPairCountsItsVersionsSinceItsCreation() {
    long created = put("a", "1");
    long changed = put("a", "2");
    KeyValue pair = get("a");
    assertThat(pair.createRevision()).isEqualTo(created);
    assertThat(pair.modRevision()).isEqualTo(changed);
    assertThat(pair.version()).isEqualTo(2);

    delete("a");
    long again = put("a", "3");

    assertThat(get("a").createRevision()).isEqualTo(again);
    assertThat(get("a").version()).isEqualTo(1);
  }

  @Test
  void removingWhatDoesNotExistIsNoRevisionAndNoEvent() {
    long before = put("a", "1");

    assertThat(commit(Txn.builder().delete(key("b")))).isEqualTo(before);

    long after = put("a", "2");
    assertThat(after).isEqualTo(before + 1);
    assertThat(history(before, after)).containsExactly("put a=2 was 1");
  }

  @Test
  void aTransactionWithoutWritesIsARead() {
    long revision = put("a", "1");

    assertThat(commit(Txn.builder().ifModRevision(key("a"), revision))).isEqualTo(revision);
    assertThat(store.txn(Txn.builder().ifAbsent(key("a")).build()))
        .isInstanceOf(TxnResult.Conflict.class);
    assertThat(store.revision()).isEqualTo(revision);
  }

  @Test
  void aKeyIsWrittenAtMostOncePerTransaction() {
    assertThatThrownBy(() -> Txn.builder().put("a", bytes("1")).delete("a").build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sizesAreBoundedAndTheBoundItselfFits() {
    byte[] largest = new byte[Store.MAX_VALUE_BYTES];
    commit(Txn.builder().put(key("a"), largest));
    assertThat(get("a").value()).hasSize(Store.MAX_VALUE_BYTES);

    long before = store.revision();
    assertTooLarge(Txn.builder().put(key("a"), new byte[Store.MAX_VALUE_BYTES + 1]));
    assertTooLarge(Txn.builder().put(key("a"), largest).put(key("b"), largest));
    var many = Txn.builder();
    var conditions = Txn.builder();
    for (int i = 0; i <= Store.MAX_TRANSACTION_KEYS; i++) {
      many.put(key("k" + i), bytes("v"));
      conditions.ifAbsent(key("k" + i));
    }
    assertTooLarge(many);
    assertTooLarge(conditions);
    assertThat(store.revision()).isEqualTo(before);
  }

  @Test
  void asManyKeysAsTheLimitAreWrittenAtOnce() {
    var all = Txn.builder();
    for (int i = 0; i < Store.MAX_TRANSACTION_KEYS; i++) {
      all.ifAbsent(key("k" + i)).put(key("k" + i), bytes("v"));
    }
    long before = store.revision();

    long revision = commit(all);

    try (var reader = WatchReader.of(store, prefix, before)) {
      assertThat(reader.nextEvents().events()).hasSize(Store.MAX_TRANSACTION_KEYS);
    }
    assertThat(revision).isEqualTo(before + 1);
  }

  @Test
  void ofConcurrentCompareAndSetsExactlyOneWins() throws Exception {
    put("counter", "0");
    int writers = 8;
    int increments = 25;
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < writers; i++) {
        var unused = tasks.submit(() -> increment(increments));
      }
    }
    assertThat(text(get("counter").value())).isEqualTo("" + writers * increments);
  }

  private void increment(int times) {
    for (int done = 0; done < times; ) {
      KeyValue pair = get("counter");
      String next = "" + (Integer.parseInt(text(pair.value())) + 1);
      TxnResult result =
          store.txn(
              Txn.builder()
                  .ifModRevision(pair.key(), pair.modRevision())
                  .put(pair.key(), bytes(next))
                  .build());
      if (result instanceof TxnResult.Committed) {
        done++;
      }
    }
  }

  // ---- ranges

  @Test
  void keysAreOrderedByTheirUtf8Bytes() {
    List<String> keys = List.of("a", "a/b", "ab", "b", "é", "\uE000", "\uFFFD", "\uD800\uDC00");
    for (String key : keys.reversed()) {
      put(key, "v");
    }
    assertThat(range()).extracting(pair -> pair.key().substring(prefix.length())).isEqualTo(keys);
    assertThat(keys.stream().sorted(Keys.ORDER).toList()).isEqualTo(keys);
  }

  @Test
  void aRangeEndsBeforeItsEndAndMayBeEmpty() {
    put("a", "1");
    put("b", "2");
    put("c", "3");

    assertThat(store.range(new RangeRequest(key("a"), key("c"), 0, 0, false, false)).pairs())
        .extracting(KeyValue::key)
        .containsExactly(key("a"), key("b"));
    assertThat(store.range(RangeRequest.key(key("d"))).pairs()).isEmpty();
    assertThat(store.range(RangeRequest.key(key("a"))).count()).isEqualTo(1);
    assertThat(store.range(RangeRequest.all()).pairs()).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void aLimitCutsThePairsAndNotTheCount() {
    for (int i = 0; i < 5; i++) {
      put("k" + i, "v");
    }
    RangeResult cut = store.range(RangeRequest.prefix(prefix).limit(2));
    assertThat(cut.pairs()).extracting(KeyValue::key).containsExactly(key("k0"), key("k1"));
    assertThat(cut.count()).isEqualTo(5);
    assertThat(cut.more()).isTrue();

    RangeResult whole = store.range(RangeRequest.prefix(prefix).limit(5));
    assertThat(whole.pairs()).hasSize(5);
    assertThat(whole.more()).isFalse();
    assertThat(whole.revision()).isEqualTo(store.revision());
  }

  @Test
  void keysAndCountsComeWithoutValues() {
    long revision = put("a", "1");

    KeyValue pair = store.range(RangeRequest.prefix(prefix).onlyKeys()).pairs().getFirst();
    assertThat(pair.value()).isEmpty();
    assertThat(pair.modRevision()).isEqualTo(revision);

    RangeResult count = store.range(RangeRequest.prefix(prefix).onlyCount());
    assertThat(count.pairs()).isEmpty();
    assertThat(count.count()).isEqualTo(1);
  }

  @Test
  void historyIsReadAsItWas() {
    long first = put("a", "1");
    long second = put("b", "1");
    long third = put("a", "2");
    long fourth = delete("b");
    put("c", "1");

    assertThat(texts(rangeAt(first))).containsExactly("a=1@0");
    assertThat(texts(rangeAt(second))).containsExactly("a=1@0", "b=1@0");
    assertThat(texts(rangeAt(third))).containsExactly("a=2@0", "b=1@0");
    assertThat(texts(rangeAt(fourth))).containsExactly("a=2@0");
    assertThat(store.range(RangeRequest.prefix(prefix).at(second)).revision())
        .isEqualTo(store.revision());
    assertThat(store.range(RangeRequest.prefix(prefix).at(third).onlyCount()).count()).isEqualTo(2);
    assertThat(store.range(RangeRequest.prefix(prefix).at(third).limit(1)).count()).isEqualTo(2);
  }

  @Test
  void pagesAtOneRevisionAreOneSnapshotWhileWritesGoOn() {
    for (int i = 0; i < 10; i++) {
      put("k" + i, "old");
    }
    RangeRequest request = RangeRequest.prefix(prefix).limit(3);
    RangeResult page = store.range(request);
    long revision = page.revision();
    var seen = new ArrayList<KeyValue>(page.pairs());
    for (int round = 0; page.more(); round++) {
      put("k" + (9 - round), "new");
      put("between" + round, "new");
      delete("k" + (8 - round));
      String next = page.pairs().getLast().key() + '\0';
      page = store.range(request.at(revision).from(next));
      seen.addAll(page.pairs());
    }
    assertThat(seen).hasSize(10).allMatch(pair -> text(pair.value()).equals("old"));
  }

  @Test
  void aRevisionThatHasNotHappenedIsRefused() {
    long now = put("a", "1");

    assertThatThrownBy(() -> rangeAt(now + 1))
        .isInstanceOfSatisfying(
            StoreException.FutureRevision.class,
            e -> assertThat(e.currentRevision()).isEqualTo(now));
    assertThatThrownBy(() -> store.compact(now + 1))
        .isInstanceOf(StoreException.FutureRevision.class);
  }

  // ---- watches

  @Test
  void eventsCarryWhatWasThereBefore() {
    long before = store.revision();
    long created = put("a", "1");
    long changed = put("a", "2");
    long deleted = delete("a");

    try (var reader = WatchReader.of(store, prefix, before)) {
      List<StoreEvent> events = reader.until(deleted);

      assertThat(texts(events)).containsExactly("put a=1", "put a=2 was 1", "delete a was 2");
      assertThat(events)
          .extracting(StoreEvent::revision)
          .containsExactly(created, changed, deleted);
      KeyValue previous = Objects.requireNonNull(events.get(2).previous());
      assertThat(previous.modRevision()).isEqualTo(changed);
      assertThat(previous.createRevision()).isEqualTo(created);
      assertThat(previous.version()).isEqualTo(2);
    }
  }

  @Test
  void eventsOfOneRevisionComeInOneBatchInTheOrderOfTheWrites() {
    put("b", "0");
    long before = store.revision();
    try (var live = WatchReader.of(store, prefix, before)) {
      long revision =
          commit(
              Txn.builder().put(key("c"), bytes("1")).delete(key("b")).put(key("a"), bytes("1")));
      StoreWatch.Batch batch = live.nextEvents();
      assertThat(batch.revision()).isEqualTo(revision);
      assertThat(texts(batch.events())).containsExactly("put c=1", "delete b was 0", "put a=1");
    }
  }

  @Test
  void aWatchResumesAfterAnyRevisionWithoutLossOrRepetition() {
    long before = store.revision();
    for (int i = 0; i < 10; i++) {
      commit(
          Txn.builder()
              .put(key("a" + i % 3), bytes("" + i))
              .put(key("b"), bytes("" + i))
              .delete(key("a" + (i + 1) % 3)));
    }
    long last = store.revision();
    List<StoreEvent> all = events(before, last);
    for (long after = before; after < last; after++) {
      long from = after;
      List<StoreEvent> rest = all.stream().filter(event -> event.revision() > from).toList();
      assertThat(texts(events(after, last))).isEqualTo(texts(rest));
    }
  }

  @Test
  void aWatchSeesOnlyItsRange() {
    long before = store.revision();
    try (var reader = new WatchReader(store.watch(key("b"), key("d"), before), before)) {
      commit(
          Txn.builder()
              .put(key("a"), bytes("1"))
              .put(key("b"), bytes("1"))
              .put(key("c"), bytes("1"))
              .put(key("d"), bytes("1")));
      put("a", "2");
      long last = put("c", "2");
      assertThat(texts(reader.until(last))).containsExactly("put b=1", "put c=1", "put c=2 was 1");
    }
  }

  @Test
  void aWatchOfTheWholeKeySpacePassesEveryRevision() {
    long before = store.revision();
    try (var reader = new WatchReader(store.watch(Keys.FIRST, Keys.END, before), before)) {
      put("a", "1");
      reader.until(put("b", "1"));
      assertThat(reader.until(delete("a"))).hasSize(1);
    }
  }

  @Test
  void aWatchWaitsForARevisionThatHasNotHappened() {
    long now = store.revision();
    try (var reader = WatchReader.of(store, prefix, now + 2)) {
      put("a", "1");
      put("a", "2");
      long third = put("a", "3");
      assertThat(texts(reader.until(third))).containsExactly("put a=3 was 2");
    }
  }

  @Test
  void aWatchThatFallsBehindIsCutOffAndResumesWithoutLoss() {
    long before = store.revision();
    put("first", "1");
    try (var reader = WatchReader.of(store, prefix, before)) {
      reader.nextEvents();
      long read = store.revision();
      // Far more than is buffered anywhere between the store and us.
      for (int i = 0; i < 4 * WATCH_LAG; i++) {
        put("k", "" + i);
      }
      var seen = new ArrayList<StoreEvent>();
      StoreException end = drainToEnd(reader, seen);
      assertThat(end).isInstanceOf(StoreException.SlowWatcher.class);

      long resume = seen.isEmpty() ? read : seen.getLast().revision();
      seen.addAll(events(resume, store.revision()));
      assertThat(seen).hasSize(4 * WATCH_LAG);
    }
  }

  private static StoreException drainToEnd(WatchReader reader, List<StoreEvent> into) {
    while (true) {
      try {
        into.addAll(reader.next().events());
      } catch (StoreException e) {
        return e;
      }
    }
  }

  @Test
  void longHistoryIsReadAtTheReadersPace() {
    long before = store.revision();
    for (int i = 0; i < 4 * WATCH_LAG; i++) {
      put("k" + i % 7, "" + i);
    }
    assertThat(events(before, store.revision())).hasSize(4 * WATCH_LAG);
  }

  @Test
  void aClosedWatchSaysSoForEverAndTellsItsListener() throws Exception {
    var told = new CountDownLatch(2);
    StoreWatch watch = store.watch(prefix, Store.prefixEnd(prefix), store.revision());
    watch.onReady(told::countDown);

    watch.close();
    watch.close();

    assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(watch::poll).isInstanceOf(StoreException.Unavailable.class);
    assertThatThrownBy(watch::poll).isInstanceOf(StoreException.Unavailable.class);
  }

  @Test
  void aWatchMayBeClosedWhileItIsPolled() throws Exception {
    StoreWatch watch = store.watch(prefix, Store.prefixEnd(prefix), store.revision());
    var polling = new CountDownLatch(1);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var poller =
          tasks.submit(() -> {
            while (true) {
              try {
                watch.poll();
              } catch (StoreException e) {
                return e;
              }
              polling.countDown();
            }
          });
      polling.await();
      put("a", "1");
      watch.close();
      assertThat(poller.get(10, TimeUnit.SECONDS)).isInstanceOf(StoreException.Unavailable.class);
    }
  }

  @Test
  void aClosedStoreEndsItsWatchesAndRefusesCalls() {
    try (var reader = WatchReader.of(store, prefix, store.revision())) {
      store.close();
      assertThat(reader.end()).isInstanceOf(StoreException.Unavailable.class);
    }
    assertThatThrownBy(() -> put("a", "1")).isInstanceOf(StoreException.Unavailable.class);
    assertThatThrownBy(this::range).isInstanceOf(StoreException.Unavailable.class);
    assertThatThrownBy(store::revision).isInstanceOf(StoreException.Unavailable.class);
    assertThatThrownBy(() -> WatchReader.of(store, prefix, 1))
        .isInstanceOf(StoreException.Unavailable.class);
  }

  // ---- compaction

  @Test
  void compactionForgetsWhatWasReplacedBeforeIt() {
    long first = put("a", "1");
    put("b", "1");
    put("gone", "1");
    delete("gone");
    long compacted = put("a", "2");
    long later = put("a", "3");

    store.compact(compacted);

    assertThatThrownBy(() -> rangeAt(first)).isInstanceOf(StoreException.Compacted.class);
    assertThatThrownBy(() -> rangeAt(compacted - 1)).isInstanceOf(StoreException.Compacted.class);
    assertThat(texts(rangeAt(compacted))).containsExactly("a=2@0", "b=1@0");
    assertThat(texts(rangeAt(later))).containsExactly("a=3@0", "b=1@0");
    assertThat(texts(range())).containsExactly("a=3@0", "b=1@0");
  }

  @Test
  void aWatchResumesAfterTheCompactedRevisionAndNotBefore() {
    put("a", "1");
    put("b", "1");
    long compacted = put("a", "2");
    delete("b");
    long last = delete("a");

    store.compact(compacted);

    assertThat(history(compacted, last)).containsExactly("delete b was 1", "delete a was 2");
    assertThatThrownBy(() -> events(compacted - 1, last))
        .isInstanceOfSatisfying(
            StoreException.Compacted.class,
            e -> assertThat(e.compactRevision()).isIn(0L, compacted));
  }

  @Test
  void aDeletedKeyStaysDeletedThroughCompaction() {
    put("a", "1");
    long deleted = delete("a");
    store.compact(deleted);

    assertThat(range()).isEmpty();
    assertThat(rangeAt(deleted)).isEmpty();
    long again = put("a", "2");
    assertThat(get("a").createRevision()).isEqualTo(again);
    assertThat(history(deleted, again)).containsExactly("put a=2");
  }

  @Test
  void compactingTwiceIsHarmless() {
    put("a", "1");
    long revision = put("a", "2");
    store.compact(revision);
    store.compact(revision);
    store.compact(revision - 1);
    assertThat(texts(range())).containsExactly("a=2@0");
  }

  // ---- leases

  @Test
  void keysOfAnExpiredLeaseVanishTogether() throws Exception {
    Store.Lease lease = store.grant(Duration.ofSeconds(1));
    for (int i = 0; i < 2; i++) {
      commit(Txn.builder().put(key("leased" + i), bytes("1"), lease.id()));
    }
    long before = put("kept", "1");
    assertThat(get("leased0").lease()).isEqualTo(lease.id());
    try (var reader = WatchReader.of(store, prefix, before)) {
      elapse(Duration.ofSeconds(1));

      StoreWatch.Batch batch = reader.nextEvents();

      assertThat(texts(batch.events()))
          .containsExactlyInAnyOrder("delete leased0 was 1", "delete leased1 was 1");
      assertThat(batch.events()).extracting(StoreEvent::revision).containsOnly(before + 1);
    }
    assertThat(texts(range())).containsExactly("kept=1@0");
    assertThatThrownBy(lease::keepAlive).isInstanceOf(StoreException.LeaseNotFound.class);
  }

  @Test
  void aLeaseLivesWhileItIsKeptAlive() throws Exception {
    Store.Lease lease = store.grant(Duration.ofSeconds(3));
    commit(Txn.builder().put(key("a"), bytes("1"), lease.id()));
    for (int i = 0; i < 2; i++) {
      elapse(Duration.ofSeconds(2));
      lease.keepAlive();
    }
    assertThat(range()).hasSize(1);
    lease.revoke();
  }

  @Test
  void aRevokedLeaseTakesItsKeysAlongHoweverMany() {
    Store.Lease lease = store.grant(Duration.ofSeconds(60));
    int keys = Store.MAX_TRANSACTION_KEYS + 10;
    for (int i = 0; i < keys; i++) {
      commit(Txn.builder().put(key("k" + i), bytes("1"), lease.id()));
    }
    long before = store.revision();

    lease.revoke();
    lease.revoke();

    try (var reader = WatchReader.of(store, prefix, before)) {
      StoreWatch.Batch batch = reader.nextEvents();
      assertThat(batch.events()).hasSize(keys);
      assertThat(batch.revision()).isEqualTo(before + 1);
    }
    assertThat(range()).isEmpty();
    Txn late = Txn.builder().put(key("a"), bytes("1"), lease.id()).build();
    assertThatThrownBy(() -> store.txn(late)).isInstanceOf(StoreException.LeaseNotFound.class);
  }

  @Test
  void aKeyWrittenAnewLeavesItsLease() {
    Store.Lease one = store.grant(Duration.ofSeconds(60));
    Store.Lease other = store.grant(Duration.ofSeconds(60));
    commit(
        Txn.builder()
            .put(key("free"), bytes("1"), one.id())
            .put(key("moved"), bytes("1"), one.id())
            .put(key("again"), bytes("1"), one.id()));
    put("free", "2");
    commit(Txn.builder().put(key("moved"), bytes("2"), other.id()));
    delete("again");
    put("again", "2");

    one.revoke();

    assertThat(range())
        .extracting(KeyValue::key)
        .containsExactly(key("again"), key("free"), key("moved"));
    other.revoke();
    assertThat(range()).extracting(KeyValue::key).containsExactly(key("again"), key("free"));
  }

  // ---- words for the tests above

  protected String key(String name) {
    return prefix + name;
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  protected static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  protected long commit(Txn.Builder txn) {
    TxnResult result = store.txn(txn.build());
    assertThat(result).isInstanceOf(TxnResult.Committed.class);
    return result.revision();
  }

  protected long put(String name, String value) {
    return commit(Txn.builder().put(key(name), bytes(value)));
  }

  protected long delete(String name) {
    return commit(Txn.builder().delete(key(name)));
  }

  protected KeyValue get(String name) {
    return store.range(RangeRequest.key(key(name))).pairs().getFirst();
  }

  protected List<KeyValue> range() {
    return store.range(RangeRequest.prefix(prefix)).pairs();
  }

  private List<KeyValue> rangeAt(long revision) {
    return store.range(RangeRequest.prefix(prefix).at(revision)).pairs();
  }

  private List<StoreEvent> events(long after, long until) {
    try (var reader = WatchReader.of(store, prefix, after)) {
      return reader.until(until);
    }
  }

  private List<String> history(long after, long until) {
    return texts(events(after, until));
  }

  private void assertTooLarge(Txn.Builder txn) {
    Txn built = txn.build();
    assertThatThrownBy(() -> store.txn(built)).isInstanceOf(StoreException.TooLarge.class);
  }

  /// `name=value@lease` of each pair, or what an event says.
  private List<String> texts(List<?> things) {
    return things.stream().map(this::describe).toList();
  }

  private String describe(Object thing) {
    return switch (thing) {
      case KeyValue pair -> name(pair.key()) + "=" + text(pair.value()) + "@" + pair.lease();
      case StoreEvent.Put put ->
          "put " + name(put.key()) + "=" + text(put.current().value()) + was(put.previous());
      case StoreEvent.Delete delete -> "delete " + name(delete.key()) + was(delete.previous());
      default -> throw new IllegalArgumentException("no words for " + thing);
    };
  }

  private static String was(@Nullable KeyValue previous) {
    return previous == null ? "" : " was " + text(previous.value());
  }

  private String name(String key) {
    return key.startsWith(prefix) ? key.substring(prefix.length()) : key;
  }
}
