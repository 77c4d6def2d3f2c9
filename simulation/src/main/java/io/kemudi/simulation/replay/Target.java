package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A server that recordings are replayed against. Methods may be called from any thread.
interface Target extends AutoCloseable {
  /// How long a request of the replay's own may take.
  Duration LIMIT = Duration.ofSeconds(20);

  /// Where it listens, without a path.
  URI server();

  HttpClient client();

  /// The request headers, each name before its value, that make a request one of a recorded user
  /// (`admin`, `alice`, ...).
  List<String> identity(String as);

  /// Whether the set-up has to be removed, as the server stays.
  boolean foreign();

  /// A request of the replay's own, as administrator, with a JSON body ("" for none).
  default HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server().resolve(path))
            .timeout(LIMIT)
            .setHeader("User-Agent", "recorder")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.setHeader("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    List<String> identity = identity("admin");
    for (int i = 0; i < identity.size(); i += 2) {
      request.header(identity.get(i), identity.get(i + 1));
    }
    return client().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /// The object at a path; empty when the server does not give one.
  default Map<String, @Nullable Object> read(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = send("GET", path, "");
    return answer.statusCode() == 200
        ? Json.parseObject(answer.body().getBytes(StandardCharsets.UTF_8))
        : Map.of();
  }

  @Override
  void close();
}
