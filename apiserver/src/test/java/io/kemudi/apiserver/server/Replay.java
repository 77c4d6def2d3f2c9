package io.kemudi.apiserver.server;

import io.kemudi.apimachinery.codec.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends the requests of one recorded scenario to a running server and compares the replies.
final class Replay {
  /// How long an event of a watch may take after the requests that cause it.
  private static final Duration EVENT = Duration.ofMillis(2500);

  /// What one exchange showed.
  ///
  /// @param sameStatus the status code and, for a refusal, the reason are as recorded
  /// @param differences all that is not as recorded
  record Outcome(String exchange, boolean sameStatus, List<String> differences) {}

  private record OpenWatch(
      String exchange, List<?> expected, BlockingQueue<Object> frames, InputStream stream) {}

  private final RunningApiServer api;
  private final Map<String, String> fixedTokens;
  private final Expectation expectation = new Expectation();
  private final List<OpenWatch> watches = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();

  /// What was made, as paths, newest first.
  private final Set<String> made = new LinkedHashSet<>();

  /// @param fixedTokens recorded text -> what stands for it here, such as tokens
  Replay(RunningApiServer api, Map<String, String> fixedTokens) {
    this.api = api;
    this.fixedTokens = fixedTokens;
  }

  List<Outcome> run(Map<String, ?> scenario) throws Exception {
    int number = 0;
    for (Object one : (List<?>) need(scenario, "exchanges")) {
      @SuppressWarnings("unchecked")
      var exchange = (Map<String, ?>) one;
      if (supported(exchange)) {
        String name =
            scenario.get("scenario")
                + "#"
                + number
                + " "
                + exchange.get("method")
                + " "
                + exchange.get("path");
        replay(name, exchange);
      }
      number++;
    }
    for (OpenWatch watch : watches) {
      finish(watch);
    }
    return outcomes;
  }

  /// Left out: generated bodies, binary replies, and what takes its three seconds to be refused.
  private static boolean supported(Map<String, ?> exchange) {
    return exchange.containsKey("path")
        && !exchange.containsKey("bodyGenerated")
        && !Long.valueOf(504).equals(exchange.get("status"))
        && (exchange.containsKey("responseBody")
            || exchange.containsKey("frames")
            || exchange.containsKey("responseText"))
        && !(exchange.get("frames") instanceof List<?> frames
            && frames.stream().anyMatch(frame -> ((Map<?, ?>) frame).containsKey("base64")));
  }

  private void replay(String name, Map<String, ?> exchange) throws Exception {
    HttpRequest request = request(exchange);
    var response = api.client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    var differences = new ArrayList<String>();
    long status = (Long) need(exchange, "status");
    boolean sameStatus = response.statusCode() == status;
    if (!sameStatus) {
      differences.add("status: expected " + status + " got " + response.statusCode());
    }
    if (exchange.get("frames") instanceof List<?> frames && response.statusCode() == 200) {
      var received = new LinkedBlockingQueue<Object>();
      Thread.startVirtualThread(() -> read(response.body(), received));
      watches.add(new OpenWatch(name, frames, received, response.body()));
      return;
    }
    byte[] body = response.body().readAllBytes();
    Object expected = exchange.get("responseBody");
    if (expected == null) {
      outcomes.add(new Outcome(name, sameStatus, differences));
      return;
    }
    Object actual = tree(body);
    if (expected instanceof Map<?, ?> want
        && "Failure".equals(want.get("status"))
        && actual instanceof Map<?, ?> got) {
      sameStatus &= String.valueOf(want.get("reason")).equals(String.valueOf(got.get("reason")));
    }
    differences.addAll(expectation.differences(expected, actual));
    outcomes.add(new Outcome(name, sameStatus, differences));
    remember(request, response.statusCode(), actual);
  }

  private static Object need(Map<?, ?> map, String key) {
    return Objects.requireNonNull(map.get(key), key);
  }

  private static @Nullable Object tree(byte[] body) {
    try {
      return Json.parse(body);
    } catch (RuntimeException _) {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private HttpRequest request(Map<String, ?> exchange) throws Exception {
    String path = (String) need(exchange, "path");
    // the set-up was not recorded: what nothing has shown yet is the state at the start
    for (String unknown : expectation.unknown(path)) {
      if (unknown.startsWith("<rv:")) {
        var list =
            Json.parseObject(
                api.get("/api/v1/namespaces?limit=1").body().getBytes(StandardCharsets.UTF_8));
        expectation.bind(
            unknown, (String) need((Map<?, ?>) need(list, "metadata"), "resourceVersion"));
      }
    }
    path = expectation.fill(path).replace("<", "%3C").replace(">", "%3E").replace("\"", "%22");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + api.server.port() + path))
            .timeout(Duration.ofSeconds(10))
            .method((String) need(exchange, "method"), body(exchange))
            .setHeader("User-Agent", "recorder");
    if (exchange.get("requestHeaders") instanceof Map<?, ?> headers) {
      headers.forEach((key, value) -> addHeader(request, (String) key, value));
    } else if (exchange.containsKey("body")) {
      request.setHeader("Content-Type", "application/json");
    }
    String as = (String) need(exchange, "as");
    if (!as.equals("anonymous")) {
      request.setHeader("Authorization", "Bearer " + fixedTokens.getOrDefault(as, as));
    }
    return request.build();
  }

  private static void addHeader(HttpRequest.Builder request, String name, Object value) {
    if (value instanceof List<?> several) {
      several.forEach(one -> request.header(name, (String) one));
    } else {
      request.setHeader(name, (String) value);
    }
  }

  private HttpRequest.BodyPublisher body(Map<String, ?> exchange) {
    Object tree = exchange.get("body");
    if (tree != null) {
      String text = new String(Json.write(expectation.fill(tree)), StandardCharsets.UTF_8);
      for (var fixed : fixedTokens.entrySet()) {
        text =
            text.replace(fixed.getKey().startsWith("<") ? fixed.getKey() : "\0", fixed.getValue());
      }
      return HttpRequest.BodyPublishers.ofString(text);
    }
    if (exchange.get("bodyText") instanceof String text) {
      return HttpRequest.BodyPublishers.ofString(expectation.fill(text));
    }
    if (exchange.get("bodyBase64") instanceof String text) {
      return HttpRequest.BodyPublishers.ofByteArray(Base64.getDecoder().decode(text));
    }
    return HttpRequest.BodyPublishers.noBody();
  }

  private static void read(InputStream stream, BlockingQueue<Object> frames) {
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        frames.add(String.valueOf(line));
      }
    } catch (IOException _) {
      // the watch was closed by the test
    }
  }

  private void finish(OpenWatch watch) throws Exception {
    var differences = new ArrayList<String>();
    int number = 0;
    for (Object expected : watch.expected) {
      Object line = watch.frames.poll(EVENT.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        differences.add("frame: missing from " + number + " " + brief(expected));
        break;
      }
      Object actual = tree(((String) line).getBytes(StandardCharsets.UTF_8));
      for (String one : expectation.differences(expected, actual)) {
        differences.add("frame" + number + one);
      }
      number++;
    }
    Object more = watch.frames.poll();
    if (more != null) {
      differences.add("frame: unexpected " + more);
    }
    watch.stream.close();
    outcomes.add(new Outcome(watch.exchange, true, differences));
  }

  private static String brief(Object tree) {
    String text = new String(Json.write(tree), StandardCharsets.UTF_8);
    return text.substring(0, Math.min(200, text.length()));
  }

  private void remember(HttpRequest request, int status, @Nullable Object reply) {
    if (status == 201
        && reply instanceof Map<?, ?> object
        && object.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("uid") != null
        && metadata.get("name") instanceof String name) {
      String path = request.uri().getRawPath();
      made.add(request.method().equals("POST") ? path + "/" + name : path);
    }
  }

  /// Removes what the scenario left, as was done between the recorded ones.
  void cleanUp() throws Exception {
    for (String path : List.copyOf(made).reversed()) {
      var answer =
          api.send(
              RunningApiServer.ADMIN_TOKEN,
              "DELETE",
              path + "?gracePeriodSeconds=0&propagationPolicy=Background",
              null);
      if (answer.statusCode() == 200 && answer.body().contains("\"finalizers\"")) {
        if (path.startsWith("/api/v1/namespaces/") && path.split("/").length == 5) {
          var object = Json.parseObject(answer.body().getBytes(StandardCharsets.UTF_8));
          object.put("spec", Map.of());
          api.send(
              RunningApiServer.ADMIN_TOKEN,
              "PUT",
              path + "/finalize",
              new String(Json.write(object), StandardCharsets.UTF_8));
        }
        api.send(
            RunningApiServer.ADMIN_TOKEN,
            "PATCH",
            path,
            "{\"metadata\":{\"finalizers\":null}}",
            "Content-Type",
            "application/merge-patch+json");
      }
    }
  }
}
