package io.kemudi.nodeagent.podworker;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.Service;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceEnvironmentTest {
  private static Service service(String name, String ip, int port) {
    var service = Service.newBuilder();
    service.getMetadataBuilder().setName(name);
    service.getSpecBuilder().setClusterIP(ip).addPortsBuilder().setName("main").setPort(port);
    return service.build();
  }

  @Test
  void tellsOfServicesInUpstreamsNames() {
    var told =
        ServiceEnvironment.of(
            List.of(service("my-redis", "10.96.0.7", 6379), service("headless", "None", 80)),
            List.of(service("kubernetes", "10.96.0.1", 443)),
            true);

    assertThat(told)
        .containsEntry("KUBERNETES_SERVICE_HOST", "10.96.0.1")
        .containsEntry("KUBERNETES_SERVICE_PORT", "443")
        .containsEntry("MY_REDIS_SERVICE_PORT_MAIN", "6379")
        .containsEntry("MY_REDIS_PORT", "tcp://10.96.0.7:6379")
        .containsEntry("MY_REDIS_PORT_6379_TCP_ADDR", "10.96.0.7")
        .doesNotContainKey("HEADLESS_SERVICE_HOST");
  }

  @Test
  void tellsOnlyOfTheApiWithoutServiceLinks() {
    var told =
        ServiceEnvironment.of(
            List.of(service("redis", "10.96.0.7", 6379)),
            List.of(service("kubernetes", "10.96.0.1", 443)),
            false);

    assertThat(told).containsKey("KUBERNETES_SERVICE_HOST").doesNotContainKey("REDIS_PORT");
  }
}
