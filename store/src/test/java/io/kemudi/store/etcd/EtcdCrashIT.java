package io.kemudi.store.etcd;

import io.kemudi.store.CrashHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EtcdCrashIT {
  private static final int ROUNDS = 4;

  @TempDir Path dir;

  @Test
  void aKilledServerLosesNothingAcknowledgedAndLeavesNothingHalf() throws Exception {
    var random = new Random(1);
    var acknowledged = new ConcurrentHashMap<Integer, Integer>();
    try (var server = EtcdServer.start(dir)) {
      for (int round = 0; round < ROUNDS; round++) {
        writeAndKill(server, 100 + random.nextInt(300), acknowledged);
        server.restart();
        try (var store = EtcdStore.open(EtcdConfig.plain(server.endpoint()))) {
          CrashHistory.verify(store, acknowledged);
        }
      }
    }
  }

  private static void writeAndKill(
      EtcdServer server, int count, ConcurrentHashMap<Integer, Integer> acknowledged)
      throws Exception {
    var written = new CountDownLatch(count);
    EtcdConfig config = EtcdConfig.plain(server.endpoint()).callTimeout(Duration.ofSeconds(5));
    try (var store = EtcdStore.open(config);
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CrashHistory.WRITERS; i++) {
        int writer = i;
        var unused =
            tasks.submit(() ->
                CrashHistory.write(
                    store,
                    writer,
                    (who, number) -> {
                      acknowledged.put(who, number);
                      written.countDown();
                    }));
      }
      if (!written.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("only " + written.getCount() + " to go after 30 s");
      }
      server.kill();
      // Or the writers would wait for the server to come back.
      store.close();
    }
  }
}
