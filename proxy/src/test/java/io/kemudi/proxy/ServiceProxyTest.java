package io.kemudi.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import io.kemudi.proxy.dataplane.Frontend;
import io.kemudi.proxy.dataplane.MemoryDataplane;
import io.kemudi.proxy.dataplane.Protocol;
import io.kemudi.time.SystemTimers;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ServiceProxyTest {
  @Test
  void followsTheClustersServicesAndTellsWhenItIsReady() throws Exception {
    MemoryDataplane dataplane = new MemoryDataplane();
    ServiceProxyConfig config =
        new ServiceProxyConfig(
            "here",
            new InetSocketAddress("127.0.0.1", 0),
            false,
            Duration.ofMillis(1),
            Duration.ofMillis(20));
    try (FakeApiClient client = new FakeApiClient();
        SystemTimers timers = new SystemTimers();
        SharedInformers informers = new SharedInformers(client, timers, 1);
        HttpClient http = HttpClient.newHttpClient();
        ServiceProxy proxy = new ServiceProxy(config, informers, dataplane)) {
      proxy.start();
      URI health = URI.create("http://127.0.0.1:" + proxy.healthPort() + "/readyz");
      HttpRequest request = HttpRequest.newBuilder(health).build();
      int before = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      informers.start();

      Service.Builder service = Service.newBuilder();
      service.getMetadataBuilder().setNamespace("default").setName("web");
      service
          .getSpecBuilder()
          .setClusterIP("10.96.0.5")
          .addPorts(ServicePort.newBuilder().setProtocol("TCP").setPort(80));
      client.create(ResourceTypes.SERVICES, service.build(), WriteOptions.NONE);
      while (dataplane.applied().rules().isEmpty()) {
        Thread.sleep(5);
      }

      assertThat(before).isEqualTo(503);
      assertThat(dataplane.applied().rules())
          .containsOnlyKeys(new Frontend.Address("10.96.0.5", Protocol.TCP, 80));
      while (!proxy.ready()) {
        Thread.sleep(5);
      }
      assertThat(http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(200);
      int wholes = dataplane.wholes();

      client.delete(ResourceTypes.SERVICES, "default", "web", DeleteOptions.NONE);
      while (!dataplane.applied().rules().isEmpty()) {
        Thread.sleep(5);
      }
      client.create(ResourceTypes.SERVICES, service.build(), WriteOptions.NONE);
      while (dataplane.applied().rules().isEmpty()) {
        Thread.sleep(5);
      }
      assertThat(dataplane.wholes()).as("changes alone were applied").isEqualTo(wholes);

      dataplane.lose();
      while (dataplane.applied().rules().isEmpty()) {
        Thread.sleep(5);
      }
      assertThat(dataplane.wholes()).as("what is lost is made anew").isEqualTo(wholes + 1);
    }
  }
}
