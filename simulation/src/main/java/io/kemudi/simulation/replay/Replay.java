package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Sends the requests of one scenario to a server and compares the replies. Not thread-safe.
final class Replay {
  /// How long a reply may take: a slow webhook of the recording takes its three seconds.
  private static final Duration REPLY = Duration.ofSeconds(15);

  /// What one server has and the other has not may be on its way; other statuses stay as they are.
  private static final Set<Integer> COMES_OR_GOES = Set.of(200, 404);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final int MAX_LOOKS = 20;

  /// How long a watch may go on after its timeoutSeconds.
  private static final Duration GRACE = Duration.ofMillis(1500);

  /// How long a frame may take that should not come.
  private static final Duration MORE = Duration.ofMillis(250);

  /// The longest timeoutSeconds waited for.
  private static final long LONGEST_WATCH_SECONDS = 30;

  private static final Pattern TIMEOUT = Pattern.compile("timeoutSeconds=(\\d{1,9})");

  private record OpenWatch(
      Exchange exchange, List<Difference> head, WatchFrames frames, long endNs) {}

  private final Target target;
  private final Webhooks webhooks;
  private final Scenario scenario;
  private final Expectation expectation;
  private final WantedDifferences wanted;
  private final Made made;
  private final Requests requests;
  private final List<OpenWatch> watches = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<Skipped> skipped = new ArrayList<>();

  Replay(Target target, Webhooks webhooks, Scenario scenario, WantedDifferences wanted) {
    this.target = target;
    this.webhooks = webhooks;
    this.scenario = scenario;
    this.wanted = wanted;
    String address = target.server().getAuthority();
    var constants = new HashMap<>(webhooks.constants());
    constants.put("<server>", address);
    constants.put("<external>", address);
    expectation = new Expectation(constants);
    made = new Made(target);
    requests = new Requests(target, expectation);
  }

  /// Runs it once.
  void run() throws IOException, InterruptedException {
    for (Exchange exchange : scenario.exchanges()) {
      String reason = unsupported(exchange);
      if (reason.isEmpty()) {
        replay(exchange);
      } else {
        skipped.add(new Skipped(exchange.id(), reason));
      }
    }
    for (OpenWatch watch : watches) {
      finish(watch);
    }
  }

  List<Outcome> outcomes() {
    return outcomes;
  }

  List<Skipped> skipped() {
    return skipped;
  }

  /// Removes what it made, as was done after the recorded one.
  void cleanUp() throws IOException, InterruptedException {
    made.remove();
  }

  private String unsupported(Exchange exchange) {
    if (!exchange.has("path")) {
      return exchange.has("command") ? "a command line" : "no request";
    }
    if (exchange.has("bodyGenerated")
        && GeneratedBodies.of(exchange.text("bodyGenerated")).isEmpty()) {
      return "a body of unknown form: " + exchange.text("bodyGenerated");
    }
    boolean impersonates =
        exchange.headers("requestHeaders").keySet().stream()
            .anyMatch(name -> name.toString().startsWith("Impersonate-"));
    if (target.foreign() && impersonates && !exchange.text("as").equals("admin")) {
      return "impersonation by an impersonated user";
    }
    return "";
  }

  private void replay(Exchange exchange) throws IOException, InterruptedException {
    HttpRequest request = requests.of(exchange);
    Object body = exchange.get("body");
    if (exchange.status() == 201 && body != null && exchange.frames() == null) {
      made.removeBefore(request, body);
    }
    webhooks.take();
    try {
      if (exchange.frames() == null) {
        var response =
            target
                .client()
                .sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                .get(REPLY.toMillis(), TimeUnit.MILLISECONDS);
        for (int i = 0; i < MAX_LOOKS && !settled(exchange, response); i++) {
          Thread.sleep(LOOK_AGAIN);
          response =
              target
                  .client()
                  .sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                  .get(REPLY.toMillis(), TimeUnit.MILLISECONDS);
        }
        compare(exchange, request, response);
      } else {
        open(exchange, target.client().send(request, HttpResponse.BodyHandlers.ofInputStream()));
      }
    } catch (ExecutionException | TimeoutException | IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      report(exchange, false, List.of(new Difference("reply", "none came: " + cause, false)));
    }
  }

  /// Whether a look at what controllers do shows what was recorded: when they do it is chance.
  private static boolean settled(Exchange exchange, HttpResponse<byte[]> response) {
    if (!exchange.text("method").equals("GET") || exchange.text("path").contains("watch=")) {
      return true;
    }
    if (response.statusCode() != exchange.status()) {
      return !COMES_OR_GOES.equals(Set.of(response.statusCode(), exchange.status()));
    }
    return exchange.get("responseBody") == null
        || conditions(exchange.get("responseBody")).equals(conditions(tree(response.body())));
  }

  private static List<List<@Nullable Object>> conditions(@Nullable Object object) {
    var conditions = new ArrayList<List<@Nullable Object>>();
    if (object instanceof Map<?, ?> map
        && map.get("status") instanceof Map<?, ?> status
        && status.get("conditions") instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> condition) {
          conditions.add(
              Arrays.asList(
                  condition.get("type"), condition.get("status"), condition.get("reason")));
        }
      }
    }
    return conditions;
  }

  private List<Difference> head(Exchange exchange, int status, HttpHeaders headers) {
    var differences = new ArrayList<Difference>();
    if (status != exchange.status()) {
      differences.add(
          new Difference("status", "expected " + exchange.status() + " got " + status, false));
    }
    if (exchange.has("responseHeaders")) {
      differences.addAll(
          Headers.differences(exchange.headers("responseHeaders"), headers, expectation));
    }
    return differences;
  }

  private void compare(Exchange exchange, HttpRequest request, HttpResponse<byte[]> response) {
    var differences = new ArrayList<>(head(exchange, response.statusCode(), response.headers()));
    boolean sameStatus = response.statusCode() == exchange.status();
    Object actual = tree(response.body());
    if (exchange.get("responseBody") instanceof Object expected) {
      sameStatus &= sameReason(expected, actual);
      differences.addAll(expectation.differences(expected, actual));
    } else if (exchange.get("responseText") instanceof String expected) {
      differences.addAll(
          expectation.differences(expected, new String(response.body(), StandardCharsets.UTF_8)));
    } else if (exchange.get("responseBase64") instanceof String expected) {
      differences.addAll(
          expectation.differences(
              BinaryForms.tree(Base64.getDecoder().decode(expected)),
              BinaryForms.tree(response.body())));
    }
    if (exchange.get("webhookCalls") instanceof List<?> calls) {
      differences.addAll(callDifferences(calls, webhooks.take()));
    }
    made.remember(request, response.statusCode(), actual);
    report(exchange, sameStatus, differences);
  }

  private static boolean sameReason(Object expected, @Nullable Object actual) {
    return !(expected instanceof Map<?, ?> want)
        || !"Failure".equals(want.get("status"))
        || actual instanceof Map<?, ?> got
            && String.valueOf(want.get("reason")).equals(String.valueOf(got.get("reason")));
  }

  /// Webhooks may be called at the same time, so only calls of the same path have an order.
  private List<Difference> callDifferences(List<?> recorded, List<Map<String, ?>> got) {
    var differences = new ArrayList<Difference>();
    var left = new ArrayList<>(got);
    for (Object one : recorded) {
      Object path = one instanceof Map<?, ?> call ? call.get("path") : null;
      var same = left.stream().filter(call -> Objects.equals(call.get("path"), path)).findFirst();
      if (same.isEmpty()) {
        differences.add(new Difference("webhook " + path, "was not called", false));
        continue;
      }
      left.remove(same.get());
      for (Difference difference : expectation.differences(one, same.get())) {
        differences.add(
            new Difference("webhook " + path + " " + difference.path(), difference.text(), false));
      }
    }
    left.forEach(call ->
        differences.add(new Difference("webhook " + call.get("path"), "was called", false)));
    return differences;
  }

  private void report(Exchange exchange, boolean sameStatus, List<Difference> differences) {
    outcomes.add(wanted.sort(exchange, sameStatus, differences));
  }

  private static @Nullable Object tree(byte[] body) {
    try {
      return Json.parse(body);
    } catch (CodecException _) {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private void open(Exchange exchange, HttpResponse<InputStream> response) throws IOException {
    List<Difference> head = head(exchange, response.statusCode(), response.headers());
    if (response.statusCode() != 200 || exchange.status() != 200) {
      response.body().close();
      report(exchange, response.statusCode() == exchange.status(), head);
      return;
    }
    boolean lines = !response.headers().firstValue("content-type").orElse("").contains("protobuf");
    Matcher timeout = TIMEOUT.matcher(exchange.text("path"));
    long seconds =
        timeout.find()
            ? Math.min(LONGEST_WATCH_SECONDS, Long.parseLong(timeout.group(1)))
            : LONGEST_WATCH_SECONDS;
    watches.add(
        new OpenWatch(
            exchange,
            head,
            new WatchFrames(response.body(), lines),
            System.nanoTime() + Duration.ofSeconds(seconds).plus(GRACE).toNanos()));
  }

  private void finish(OpenWatch watch) throws IOException, InterruptedException {
    var differences = new ArrayList<>(watch.head);
    List<?> frames = watch.exchange.frames();
    int number = 0;
    for (Object expected : frames == null ? List.of() : frames) {
      if (isBookmark(expected)) {
        continue;
      }
      byte[] frame = nextEvent(watch);
      if (frame == null) {
        differences.add(
            new Difference("frame" + number, "this and what follows is missing", false));
        break;
      }
      for (Difference one : frameDifferences(expected, frame)) {
        differences.add(new Difference("frame" + number + one.path(), one.text(), one.wording()));
      }
      number++;
    }
    byte[] more = watch.frames.next(MORE);
    if (more != null && !isBookmark(tree(more))) {
      differences.add(
          new Difference(
              "frame" + number, "unexpected " + new String(more, StandardCharsets.UTF_8), false));
    }
    watch.frames.close();
    report(watch.exchange, true, differences);
  }

  /// The next frame that is no bookmark: these come when the server's time has come.
  private static byte @Nullable [] nextEvent(OpenWatch watch) throws InterruptedException {
    byte[] frame;
    do {
      frame = watch.frames.next(Duration.ofNanos(Math.max(0, watch.endNs - System.nanoTime())));
    } while (frame != null && isBookmark(tree(frame)));
    return frame;
  }

  /// A bookmark but the one that ends the initial objects, which has its place.
  private static boolean isBookmark(@Nullable Object frame) {
    return frame instanceof Map<?, ?> event
        && "BOOKMARK".equals(event.get("type"))
        && event.get("object") instanceof Map<?, ?> object
        && object.get("metadata") instanceof Map<?, ?> metadata
        && !metadata.containsKey("annotations");
  }

  private List<Difference> frameDifferences(@Nullable Object expected, byte[] frame)
      throws IOException {
    if (expected instanceof Map<?, ?> map && map.get("base64") instanceof String bytes) {
      return expectation.differences(
          BinaryForms.watchEvent(Base64.getDecoder().decode(bytes)), BinaryForms.watchEvent(frame));
    }
    return expectation.differences(expected, tree(frame));
  }
}
