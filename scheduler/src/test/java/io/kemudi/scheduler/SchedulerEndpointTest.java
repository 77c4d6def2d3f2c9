package io.kemudi.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SchedulerEndpointTest {
  @Test
  void servesMetricsAndProbes() throws Exception {
    var ready = new AtomicBoolean();
    try (var endpoint =
            new SchedulerEndpoint(
                new InetSocketAddress("127.0.0.1", 0), ready::get, () -> "scheduler_x 1\n");
        var http = HttpClient.newHttpClient()) {
      endpoint.start();

      assertThat(get(http, endpoint, "/metrics").body()).isEqualTo("scheduler_x 1\n");
      assertThat(get(http, endpoint, "/readyz").statusCode()).isEqualTo(503);
      assertThat(get(http, endpoint, "/livez").statusCode()).isEqualTo(200);
      ready.set(true);
      assertThat(get(http, endpoint, "/readyz").statusCode()).isEqualTo(200);
      assertThat(get(http, endpoint, "/other").statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> get(HttpClient http, SchedulerEndpoint endpoint, String path)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + endpoint.port() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
