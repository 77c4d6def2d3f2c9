package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Objects and lists as they were, by revision and by time.
@Timeout(60)
class PastReadsTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private RunningApiServer api;

  @BeforeEach
  void start() throws Exception {
    api = new RunningApiServer();
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
  }

  @Test
  void anObjectIsReadAsItWasAtARevision() throws Exception {
    String first = create("first");
    String second = version(change("second"));
    api.send(RunningApiServer.ADMIN_TOKEN, "DELETE", MAPS + "/a", null);

    assertThat(data(get(first))).isEqualTo("first");
    assertThat(data(get(second))).isEqualTo("second");
    assertThat(api.get(MAPS + "/a").statusCode()).isEqualTo(404);
  }

  @Test
  void beforeItsCreationThereWasNone() throws Exception {
    String before = version(api.get(MAPS));
    create("first");

    assertThat(get(before).statusCode()).isEqualTo(404);
  }

  @Test
  void aListIsReadAsItWasAtATime() throws Exception {
    create("first");
    Instant then = secondAfterNow();
    change("second");

    HttpResponse<String> list = api.get(MAPS + "?kemudi.io/at=" + then);
    HttpResponse<String> object = api.get(MAPS + "/a?kemudi.io/at=" + then);

    assertThat(list.body()).contains("\"v\":\"first\"").doesNotContain("second");
    assertThat(data(object)).isEqualTo("first");
  }

  @Test
  void timesThatCannotBeAnsweredAreRefused() throws Exception {
    assertThat(api.get(MAPS + "?kemudi.io/at=yesterday").statusCode()).isEqualTo(400);
    assertThat(api.get(MAPS + "?kemudi.io/at=2999-01-01T00:00:00Z").statusCode()).isEqualTo(400);
    assertThat(api.get(MAPS + "?kemudi.io/at=2020-01-01T00:00:00Z").statusCode()).isEqualTo(410);
    assertThat(api.get(MAPS + "?kemudi.io/at=2020-01-01T00:00:00Z&resourceVersion=1").statusCode())
        .isEqualTo(400);
  }

  /// A time that lies behind everything that has happened, and before everything to come: the
  /// server remembers seconds.
  private static Instant secondAfterNow() throws InterruptedException {
    Instant second = Instant.ofEpochSecond(Instant.now().getEpochSecond());
    while (Instant.now().getEpochSecond() == second.getEpochSecond()) {
      Thread.sleep(20);
    }
    return second;
  }

  private HttpResponse<String> get(String revision) throws Exception {
    return api.get(MAPS + "/a?resourceVersionMatch=Exact&resourceVersion=" + revision);
  }

  private String create(String value) throws Exception {
    return version(
        api.post(MAPS, "{\"metadata\":{\"name\":\"a\"},\"data\":{\"v\":\"" + value + "\"}}"));
  }

  private HttpResponse<String> change(String value) throws Exception {
    return api.send(
        RunningApiServer.ADMIN_TOKEN,
        "PATCH",
        MAPS + "/a",
        "{\"data\":{\"v\":\"" + value + "\"}}",
        "Content-Type",
        "application/merge-patch+json");
  }

  private static String version(HttpResponse<String> answer) {
    return String.valueOf(part(answer, "metadata").get("resourceVersion"));
  }

  private static String data(HttpResponse<String> answer) {
    return String.valueOf(part(answer, "data").get("v"));
  }

  private static Map<?, ?> part(HttpResponse<String> answer, String name) {
    Map<String, @Nullable Object> object =
        Json.parseObject(answer.body().getBytes(StandardCharsets.UTF_8));
    return (Map<?, ?>) Objects.requireNonNull(object.get(name), answer.body());
  }
}
