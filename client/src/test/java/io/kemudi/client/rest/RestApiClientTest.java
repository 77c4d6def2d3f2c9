package io.kemudi.client.rest;

import static io.kemudi.apimachinery.resource.ResourceTypes.CONFIG_MAPS;
import static io.kemudi.apimachinery.resource.ResourceTypes.NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiWatch;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WatchEvent;
import io.kemudi.client.api.WatchOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.meta.v1.ListMeta;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.kubernetes.meta.v1.Status;
import io.kemudi.time.SystemTimers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestApiClientTest {
  private final SystemTimers timers = new SystemTimers();
  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<String> asked = new ArrayList<>();
  private final HttpServer server = serve();
  private final RestApiClient client =
      new RestApiClient(
          new RestEndpoint(
              URI.create("http://127.0.0.1:" + server.getAddress().getPort()), null, () -> "t0k"),
          timers);

  private record Answer(int code, byte[] body) {}

  private HttpServer serve() {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      made.createContext("/", this::answer);
      made.start();
      return made;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("Authorization")
            + " "
            + exchange.getRequestHeaders().getFirst("Accept"));
    Answer answer = java.util.Objects.requireNonNull(answers.poll());
    exchange.sendResponseHeaders(answer.code(), 0);
    exchange.getResponseBody().write(answer.body());
    exchange.close();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
    timers.close();
  }

  @Test
  void readsAnObjectInItsEnvelope() {
    answers.add(new Answer(200, enveloped(map("a", "5"))));

    assertThat(client.get(CONFIG_MAPS, "ns", "a")).isEqualTo(map("a", "5"));
    assertThat(asked)
        .containsExactly(
            "GET /api/v1/namespaces/ns/configmaps/a Bearer t0k"
                + " application/vnd.kubernetes.protobuf");
  }

  @Test
  void writesAnObjectWithItsManager() {
    answers.add(new Answer(201, enveloped(map("a", "5"))));
    client.create(CONFIG_MAPS, map("a", ""), new WriteOptions(true, "me"));

    assertThat(asked.getFirst())
        .startsWith("POST /api/v1/namespaces/ns/configmaps?dryRun=All&fieldManager=me ");
  }

  @Test
  void aRefusalCarriesTheServersStatus() {
    Status status = Status.newBuilder().setCode(409).setReason("Conflict").setMessage("no").build();
    answers.add(new Answer(409, Envelope.wrap("v1", "Status", status.toByteString())));

    ApiException refused =
        catchThrowableOfType(ApiException.class, () -> client.get(NODES, "", "n1"));
    assertThat(refused.reason()).isEqualTo(StatusReason.CONFLICT);
    assertThat(refused.text()).isEqualTo("no");
  }

  @Test
  void aRefusalThatIsNoStatusKeepsItsCode() {
    answers.add(new Answer(503, "try later".getBytes(java.nio.charset.StandardCharsets.UTF_8)));

    ApiException refused =
        catchThrowableOfType(ApiException.class, () -> client.get(NODES, "", "n1"));
    assertThat(refused.reason()).isEqualTo(StatusReason.SERVICE_UNAVAILABLE);
    assertThat(refused.text()).isEqualTo("HTTP 503: try later");
  }

  @Test
  void aListFollowsItsPages() throws IOException {
    answers.add(new Answer(200, page("more", map("a", "1"))));
    answers.add(new Answer(200, page("", map("b", "2"))));

    var list = client.list(CONFIG_MAPS, ListOptions.in("ns").labels("x in (y)"));

    assertThat(list.items()).containsExactly(map("a", "1"), map("b", "2"));
    assertThat(list.resourceVersion()).isEqualTo("9");
    assertThat(asked.getLast()).contains("labelSelector=x%20in%20%28y%29&limit=1000&continue=more");
  }

  @Test
  void metadataIsAskedForAsSuch() throws IOException {
    answers.add(new Answer(200, page("")));
    client.list(
        ResourceTypes.metadata("apps", "v1", "deployments", "Deployment", true), ListOptions.ALL);

    assertThat(asked.getFirst())
        .contains("GET /apis/apps/v1/deployments?")
        .endsWith(";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
  }

  @Test
  void aWatchReadsFramesUntilItsEnd() throws Exception {
    var frames = new ByteArrayOutputStream();
    frame(frames, "ADDED", enveloped(map("a", "5")));
    PartialObjectMetadata.Builder end = PartialObjectMetadata.newBuilder();
    end.getMetadataBuilder()
        .setResourceVersion("6")
        .putAnnotations("k8s.io/initial-events-end", "true");
    frame(frames, "BOOKMARK", Envelope.wrap("v1", "ConfigMap", end.build().toByteString()));
    answers.add(new Answer(200, frames.toByteArray()));

    ApiWatch<ConfigMap> watch = client.watch(CONFIG_MAPS, WatchOptions.ALL);
    assertThat(untilEnd(watch))
        .containsExactly(
            new WatchEvent.Added<>(map("a", "5")), new WatchEvent.InitialEventsEnd<>("6"));
    assertThat(asked.getFirst())
        .contains("sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
  }

  @Test
  void anErrorEventFailsTheWatch() throws Exception {
    var frames = new ByteArrayOutputStream();
    Status status = Status.newBuilder().setCode(410).setReason("Expired").build();
    frame(frames, "ERROR", Envelope.wrap("v1", "Status", status.toByteString()));
    answers.add(new Answer(200, frames.toByteArray()));

    ApiWatch<ConfigMap> watch = client.watch(CONFIG_MAPS, WatchOptions.ALL.after("3"));
    ApiException gone = catchThrowableOfType(ApiException.class, () -> untilEnd(watch));
    assertThat(gone.reason()).isEqualTo(StatusReason.EXPIRED);
  }

  private static List<WatchEvent<ConfigMap>> untilEnd(ApiWatch<ConfigMap> watch)
      throws InterruptedException {
    List<WatchEvent<ConfigMap>> all = new ArrayList<>();
    var woken = new java.util.concurrent.Semaphore(0);
    watch.onReady(woken::release);
    while (woken.tryAcquire(10, TimeUnit.SECONDS)) {
      List<WatchEvent<ConfigMap>> some;
      do {
        some = watch.poll();
        if (some == null) {
          return all;
        }
        all.addAll(some);
      } while (!some.isEmpty());
    }
    throw new AssertionError("the watch did not end");
  }

  private static void frame(ByteArrayOutputStream out, String type, byte[] object)
      throws IOException {
    var event = io.kemudi.kubernetes.meta.v1.WatchEvent.newBuilder().setType(type);
    event.getObjectBuilder().setRaw(ByteString.copyFrom(object));
    byte[] bytes = event.build().toByteArray();
    out.write(ByteBuffer.allocate(4).putInt(bytes.length).array());
    out.write(bytes);
  }

  private static byte[] page(String more, ConfigMap... items) throws IOException {
    var bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeMessage(1, ListMeta.newBuilder().setResourceVersion("9").setContinue(more).build());
    for (ConfigMap item : items) {
      out.writeMessage(2, item);
    }
    out.flush();
    return Envelope.wrap("v1", "ConfigMapList", ByteString.copyFrom(bytes.toByteArray()));
  }

  private static byte[] enveloped(ConfigMap map) {
    return Envelope.wrap("v1", "ConfigMap", map.toByteString());
  }

  private static ConfigMap map(String name, String revision) {
    ConfigMap.Builder map = ConfigMap.newBuilder();
    map.getMetadataBuilder().setNamespace("ns").setName(name);
    if (!revision.isEmpty()) {
      map.getMetadataBuilder().setResourceVersion(revision);
    }
    return map.build();
  }
}
