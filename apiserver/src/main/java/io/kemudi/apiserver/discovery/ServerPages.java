package io.kemudi.apiserver.discovery;

import io.kemudi.apiserver.rest.ApiRequest;
import io.kemudi.lifecycle.Release;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `/statusz` and `/flagz`: how this server was started and how long it has been running, for
/// people who look for a fault. As text, or as objects of `config.k8s.io/v1beta1` for those who ask
/// for one by name (KEP-4827, KEP-4828).
public final class ServerPages {
  private static final String COMPONENT = "apiserver";
  private static final List<String> PATHS =
      List.of("/flagz", "/healthz", "/livez", "/metrics", "/readyz", "/statusz", "/version");
  private static final DateTimeFormatter UNIX_DATE =
      DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss 'UTC' yyyy", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final TreeMap<String, String> flags;
  private final InstantSource clock;
  private final Instant started;

  /// @param flags what the server was started with, by upstream's names; no secrets
  public ServerPages(Map<String, String> flags, InstantSource clock) {
    this.flags = new TreeMap<>(flags);
    this.clock = clock;
    this.started = clock.instant();
  }

  /// Whether the path is one of the two and was answered.
  public boolean handle(ApiRequest request) throws IOException {
    return switch (request.info().path()) {
      case "/statusz" -> {
        answer(request, "Statusz", this::status, this::statusText);
        yield true;
      }
      case "/flagz" -> {
        answer(request, "Flagz", this::flags, this::flagsText);
        yield true;
      }
      default -> false;
    };
  }

  @FunctionalInterface
  private interface Fields {
    void putInto(Map<String, @Nullable Object> object);
  }

  @FunctionalInterface
  private interface Text {
    String text();
  }

  private static void answer(ApiRequest request, String kind, Fields fields, Text text)
      throws IOException {
    if (!wantsObject(request, kind)) {
      request.text(200, text.text());
      return;
    }
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    metadata.put("name", COMPONENT);
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("kind", kind);
    object.put("apiVersion", "config.k8s.io/v1beta1");
    object.put("metadata", metadata);
    fields.putInto(object);
    request.respondJson(
        200, object, false, "application/json;g=config.k8s.io;v=v1beta1;as=" + kind);
  }

  private static boolean wantsObject(ApiRequest request, String kind) {
    return request.exchange().headers().list("accept").stream()
        .map(type -> type.replace(" ", ""))
        .anyMatch(type ->
            type.startsWith("application/json;")
                && type.contains("g=config.k8s.io")
                && type.contains("v=v1beta1")
                && type.contains("as=" + kind));
  }

  private void status(Map<String, @Nullable Object> object) {
    object.put("startTime", started.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    object.put("uptimeSeconds", uptime().toSeconds());
    object.put("goVersion", "java" + Runtime.version().feature());
    object.put("binaryVersion", Release.VERSION.substring(1));
    object.put("emulationVersion", "1.36");
    object.put("paths", new ArrayList<@Nullable Object>(PATHS));
  }

  private String statusText() {
    Duration up = uptime();
    return """

    apiserver statusz
    For people; the form may change.

    Started  %s
    Up  %d hr %02d min %02d sec
    Java version  %s
    Binary version  %s
    Emulation version  1.36
    Paths  %s
    """
        .formatted(
            UNIX_DATE.format(started),
            up.toHours(),
            up.toMinutesPart(),
            up.toSecondsPart(),
            Runtime.version().feature(),
            Release.VERSION.substring(1),
            String.join(" ", PATHS));
  }

  private void flags(Map<String, @Nullable Object> object) {
    object.put("flags", new LinkedHashMap<String, @Nullable Object>(flags));
  }

  private String flagsText() {
    StringBuilder text = new StringBuilder("\napiserver flagz\nFor people; the form may change.\n");
    flags.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }

  private Duration uptime() {
    return Duration.between(started, clock.instant());
  }
}
