package io.kemudi.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.store.RandomHistories;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.Store;
import io.kemudi.store.StoreContract;
import io.kemudi.store.StoreException;
import io.kemudi.store.Txn;
import io.kemudi.store.WatchReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdStoreIT extends StoreContract {
  @TempDir static Path dir;
  private static EtcdServer server;

  @BeforeAll
  static void startServer() throws Exception {
    server = EtcdServer.start(dir.resolve("shared"));
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @Override
  protected Store openStore() {
    return EtcdStore.open(EtcdConfig.plain(server.endpoint()).watchBufferEvents(WATCH_LAG));
  }

  @Override
  protected void elapse(Duration time) throws Exception {
    Thread.sleep(time);
  }

  @RepeatedTest(3)
  void followsTheModel(RepetitionInfo repetition) {
    RandomHistories.compareWithModel(store, prefix, repetition.getCurrentRepetition(), 200);
  }

  @RepeatedTest(3)
  void isOneHistoryForConcurrentWriters(RepetitionInfo repetition) throws Exception {
    RandomHistories.checkConcurrent(store, prefix, repetition.getCurrentRepetition(), 6, 100);
  }

  @Test
  void aRevisionOfMegabytesIsOneBatch() {
    long before = store.revision();
    byte[] large = new byte[300_000];
    try (var reader = WatchReader.of(store, prefix, before)) {
      for (int round = 0; round < 3; round++) {
        var txn = Txn.builder();
        for (int i = 0; i < 10; i++) {
          txn.put(key("k" + i), large);
        }
        long revision = commit(txn);
        var batch = reader.nextEvents();
        assertThat(batch.events()).hasSize(10);
        assertThat(batch.revision()).isEqualTo(revision);
      }
    }
  }

  @Test
  void anEndpointThatDoesNotAnswerIsPassedOver() throws Exception {
    URI dead = URI.create("http://127.0.0.1:" + EtcdServer.freePorts(1)[0]);
    try (var both = EtcdStore.open(EtcdConfig.plain(dead, server.endpoint()))) {
      for (int i = 0; i < 10; i++) {
        assertThat(both.revision()).isPositive();
      }
    }
  }

  @Test
  void nobodyThereIsUnavailableInTime() throws Exception {
    URI dead = URI.create("http://127.0.0.1:" + EtcdServer.freePorts(1)[0]);
    EtcdConfig config = EtcdConfig.plain(dead).callTimeout(Duration.ofMillis(300));
    try (var nobody = EtcdStore.open(config)) {
      assertThatThrownBy(nobody::revision)
          .isInstanceOf(StoreException.Unavailable.class)
          .hasMessageContaining("refused");
      assertThatThrownBy(() -> nobody.watch("a", "b", 1))
          .isInstanceOf(StoreException.Unavailable.class);
    }
  }

  @Test
  void aLostMemberIsReplacedByAnother() throws Exception {
    int[] ports = EtcdServer.freePorts(6);
    var peers = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      peers.append(i == 0 ? "" : ",").append("m" + i + "=http://127.0.0.1:" + ports[3 + i]);
    }
    var members = new EtcdServer[3];
    var endpoints = new URI[3];
    for (int i = 0; i < 3; i++) {
      members[i] =
          EtcdServer.start(dir.resolve("m" + i), "http", ports[i], peers.toString(), "m" + i);
      endpoints[i] = members[i].endpoint();
    }
    try (var cluster = EtcdStore.open(EtcdConfig.plain(endpoints))) {
      long first = put(cluster, "a");
      try (var reader = WatchReader.of(cluster, prefix, first - 1)) {
        reader.until(first);
      }
      members[0].kill();
      long second = put(cluster, "b");
      try (var reader = WatchReader.of(cluster, prefix, first)) {
        assertThat(reader.until(second)).isNotEmpty();
      }
      assertThat(cluster.range(RangeRequest.prefix(prefix)).count()).isEqualTo(2);
    } finally {
      for (EtcdServer member : members) {
        member.close();
      }
    }
  }

  /// The leader may be the one that was lost: writes fail until there is another.
  private long put(Store cluster, String name) {
    Txn txn = Txn.builder().put(key(name), bytes("1")).build();
    for (int attempt = 0; ; attempt++) {
      try {
        return cluster.txn(txn).revision();
      } catch (StoreException.Unavailable e) {
        if (attempt == 100) {
          throw e;
        }
      }
    }
  }

  @Test
  void aWatchEndsWithItsServerAndResumesWithoutLoss() throws Exception {
    try (var own = EtcdServer.start(dir.resolve("restarted"));
        var restarted = EtcdStore.open(EtcdConfig.plain(own.endpoint()))) {
      long first = put(restarted, "a");
      try (var reader = WatchReader.of(restarted, prefix, first)) {
        own.kill();
        assertThat(reader.end()).isInstanceOf(StoreException.Unavailable.class);
      }
      own.restart();
      long second = put(restarted, "b");
      try (var reader = WatchReader.of(restarted, prefix, first - 1)) {
        assertThat(reader.until(second)).hasSizeGreaterThanOrEqualTo(2);
      }
    }
  }

  @Test
  void serversWithSmallerLimitsRefuseByName() throws Exception {
    try (var own = EtcdServer.start(dir.resolve("small"), "--max-request-bytes", "1048576");
        var small = EtcdStore.open(EtcdConfig.plain(own.endpoint()))) {
      Txn txn = Txn.builder().put(key("a"), new byte[Store.MAX_VALUE_BYTES]).build();
      assertThatThrownBy(() -> small.txn(txn))
          .isInstanceOf(StoreException.TooLarge.class)
          .hasMessageContaining("max-request-bytes");
    }
  }
}
