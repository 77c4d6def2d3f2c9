package io.kemudi.launcher;

import io.kemudi.client.api.ApiClient;
import io.kemudi.client.leader.LeaderElection;
import io.kemudi.client.leader.LeaderElector;
import io.kemudi.time.Timers;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/// Waits until this process leads, and ends it when it no longer does: a component that lost its
/// lease must not go on beside its successor, and a fresh process is the cleanest follower.
final class Leadership {
  private Leadership() {}

  static void await(RoleProcess process, ApiClient client, String name, Timers timers)
      throws InterruptedException {
    var leading = new CountDownLatch(1);
    String identity = HostNetwork.nodeName() + "_" + UUID.randomUUID();
    var elector =
        process.keep(
            new LeaderElector(
                client,
                LeaderElection.of(name, identity),
                leading::countDown,
                () -> Thread.ofPlatform().start(() -> System.exit(Main.FAILED)),
                timers,
                new Random()));
    elector.start();
    leading.await();
  }
}
