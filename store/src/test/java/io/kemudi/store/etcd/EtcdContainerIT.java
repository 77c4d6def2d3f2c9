package io.kemudi.store.etcd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kemudi.store.RandomHistories;
import io.kemudi.store.Store;
import io.kemudi.store.StoreContract;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/// The contract on a newer etcd, where a Docker engine answers. `KEMUDI_ETCD_IMAGE` names another
/// image than the default.
class EtcdContainerIT extends StoreContract {
  private static final String IMAGE = "quay.io/coreos/etcd:v3.5.21";
  private static @Nullable GenericContainer<?> container;

  @BeforeAll
  static void startServer() {
    // Asking Testcontainers takes seconds when there is none.
    boolean engine =
        System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
    assumeTrue(engine, "no Docker engine; EtcdStoreIT runs the same tests on a local etcd");
    String image = Objects.requireNonNullElse(System.getenv("KEMUDI_ETCD_IMAGE"), IMAGE);
    var server =
        new GenericContainer<>(DockerImageName.parse(image))
            .withCommand(
                "etcd",
                "--listen-client-urls=http://0.0.0.0:2379",
                "--advertise-client-urls=http://127.0.0.1:2379",
                "--max-request-bytes=4194304")
            .withExposedPorts(2379)
            .withStartupTimeout(Duration.ofSeconds(60));
    server.start();
    container = server;
  }

  @AfterAll
  static void stopServer() {
    if (container != null) {
      container.stop();
    }
  }

  @Override
  protected Store openStore() {
    GenericContainer<?> server = Objects.requireNonNull(container);
    var endpoint = URI.create("http://" + server.getHost() + ":" + server.getMappedPort(2379));
    return EtcdStore.open(EtcdConfig.plain(endpoint).watchBufferEvents(WATCH_LAG));
  }

  @Override
  protected void elapse(Duration time) throws Exception {
    Thread.sleep(time);
  }

  @Test
  void followsTheModel() {
    RandomHistories.compareWithModel(store, prefix, 1, 200);
  }
}
