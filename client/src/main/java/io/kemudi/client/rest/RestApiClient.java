package io.kemudi.client.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ApiWatch;
import io.kemudi.client.api.Binding;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.ObjectList;
import io.kemudi.client.api.Outcome;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.Statuses;
import io.kemudi.client.api.WatchOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.meta.v1.ListMeta;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.time.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The API over HTTP, of any Kubernetes server: protobuf bodies, HTTP/2 where the server has it.
/// Batches become single calls, [#PARALLEL] at a time. Redirects are not followed.
public final class RestApiClient implements ApiClient {
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
  private static final Duration CALL_LIMIT = Duration.ofSeconds(30);
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final String PAGE_SIZE = "1000";
  private static final int PARALLEL = 16;
  private static final Pattern VERSION = Pattern.compile("\"gitVersion\"\\s*:\\s*\"([^\"]*)\"");

  private final RestEndpoint endpoint;
  private final RestPaths paths;
  private final HttpClient http;
  private final Timers timers;

  public RestApiClient(RestEndpoint endpoint, Timers timers) {
    this.endpoint = endpoint;
    this.paths = new RestPaths(endpoint.server());
    this.timers = timers;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_LIMIT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    if (endpoint.tls() != null) {
      builder.sslContext(endpoint.tls());
    }
    this.http = builder.build();
  }

  @Override
  public <T extends Message> T get(ResourceType<T> type, String namespace, String name) {
    URI uri = paths.object(type, namespace, name, "", Map.of());
    return parse(type, exchange(request(uri, accept(type, "")).GET()));
  }

  @Override
  public <T extends Message> ObjectList<T> list(ResourceType<T> type, ListOptions options) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("labelSelector", options.labelSelector());
    query.put("fieldSelector", options.fieldSelector());
    query.put("resourceVersion", options.resourceVersion());
    query.put("limit", PAGE_SIZE);
    List<T> items = new ArrayList<>();
    ListMeta meta;
    do {
      URI uri = paths.collection(type, options.namespace(), query);
      meta = readList(type, exchange(request(uri, accept(type, "List")).GET()), items);
      query.put("resourceVersion", "");
      query.put("continue", meta.getContinue());
    } while (!meta.getContinue().isEmpty());
    return new ObjectList<>(items, meta.getResourceVersion());
  }

  /// Every list message has its metadata under 1 and its items under 2.
  private static <T extends Message> ListMeta readList(
      ResourceType<T> type, ByteString body, List<T> items) {
    try {
      ListMeta meta = ListMeta.getDefaultInstance();
      CodedInputStream in = Envelope.unwrap(body).newCodedInput();
      in.enableAliasing(true);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case 1 -> meta = ListMeta.parseFrom(in.readBytes());
          case 2 -> items.add(type.parser().parseFrom(in.readBytes()));
          default -> in.skipField(tag);
        }
      }
      return meta;
    } catch (IOException e) {
      throw Envelope.unreadable(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public <T extends Message> T create(ResourceType<T> type, T object, WriteOptions options) {
    URI uri = paths.collection(type, type.namespace(object), query(options));
    return parse(type, exchange(request(uri, accept(type, "")).POST(body(type, object))));
  }

  @Override
  public <T extends Message> T update(ResourceType<T> type, T object, WriteOptions options) {
    return updateSubresource(type, "", object, options);
  }

  @Override
  public <T extends Message> T updateSubresource(
      ResourceType<T> type, String subresource, T object, WriteOptions options) {
    URI uri =
        paths.object(type, type.namespace(object), type.name(object), subresource, query(options));
    return parse(type, exchange(request(uri, accept(type, "")).PUT(body(type, object))));
  }

  @Override
  public <T extends Message, B extends Message> B createSubresource(
      ResourceType<T> type,
      String namespace,
      String name,
      String subresource,
      ResourceType<B> bodyType,
      B body,
      WriteOptions options) {
    URI uri = paths.object(type, namespace, name, subresource, query(options));
    return parse(bodyType, exchange(request(uri, PROTOBUF).POST(body(bodyType, body))));
  }

  @Override
  public <T extends Message> T patch(
      ResourceType<T> type,
      String namespace,
      String name,
      String subresource,
      Patch patch,
      WriteOptions options) {
    Map<String, String> query = query(options);
    query.put("force", patch.force() ? "true" : "");
    HttpRequest.Builder request =
        request(paths.object(type, namespace, name, subresource, query), accept(type, ""))
            .setHeader("Content-Type", patch.type().mediaType())
            .method("PATCH", BodyPublishers.ofByteArray(patch.body()));
    return parse(type, exchange(request));
  }

  @Override
  public String delete(ResourceType<?> type, String namespace, String name, DeleteOptions options) {
    URI uri = paths.object(type, namespace, name, "", Map.of());
    exchange(request(uri, accept(type, "")).method("DELETE", deletion(options)));
    return "";
  }

  @Override
  public void deleteCollection(ResourceType<?> type, ListOptions selection, DeleteOptions options) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("labelSelector", selection.labelSelector());
    query.put("fieldSelector", selection.fieldSelector());
    URI uri = paths.collection(type, selection.namespace(), query);
    exchange(request(uri, accept(type, "List")).method("DELETE", deletion(options)));
  }

  private static HttpRequest.BodyPublisher deletion(DeleteOptions options) {
    var message = io.kemudi.kubernetes.meta.v1.DeleteOptions.newBuilder();
    Long grace = options.gracePeriodSeconds();
    if (grace != null) {
      message.setGracePeriodSeconds(grace);
    }
    DeleteOptions.Propagation propagation = options.propagation();
    if (propagation != null) {
      message.setPropagationPolicy(propagation.text());
    }
    String uid = options.uid();
    if (uid != null) {
      message.getPreconditionsBuilder().setUid(uid);
    }
    String revision = options.resourceVersion();
    if (revision != null) {
      message.getPreconditionsBuilder().setResourceVersion(revision);
    }
    return BodyPublishers.ofByteArray(
        Envelope.wrap("v1", "DeleteOptions", message.build().toByteString()));
  }

  @Override
  public <T extends Message> List<Outcome<T>> createAll(
      ResourceType<T> type, List<T> objects, WriteOptions options) {
    return inParallel(objects, object -> create(type, object, options));
  }

  @Override
  public List<Outcome<Binding>> bindPods(List<Binding> bindings) {
    return inParallel(bindings, this::bind);
  }

  private Binding bind(Binding binding) {
    var message = io.kemudi.kubernetes.core.v1.Binding.newBuilder();
    message
        .getMetadataBuilder()
        .setNamespace(binding.namespace())
        .setName(binding.name())
        .setUid(binding.uid());
    message.getTargetBuilder().setKind("Node").setName(binding.node());
    URI uri =
        paths.object(ResourceTypes.PODS, binding.namespace(), binding.name(), "binding", Map.of());
    byte[] body = Envelope.wrap("v1", "Binding", message.build().toByteString());
    exchange(request(uri, PROTOBUF).POST(BodyPublishers.ofByteArray(body)));
    return binding;
  }

  private static <A, B> List<Outcome<B>> inParallel(List<A> all, Function<A, B> call) {
    var places = new Semaphore(PARALLEL);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome<B>>> running = new ArrayList<>();
      for (A one : all) {
        Callable<Outcome<B>> task = () -> inPlace(places, () -> call.apply(one));
        running.add(tasks.submit(task));
      }
      List<Outcome<B>> outcomes = new ArrayList<>();
      for (Future<Outcome<B>> one : running) {
        outcomes.add(one.get());
      }
      return outcomes;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call of a batch failed", e.getCause());
    }
  }

  private static <B> Outcome<B> inPlace(Semaphore places, java.util.function.Supplier<B> call)
      throws InterruptedException {
    places.acquire();
    try {
      return Outcome.of(call);
    } finally {
      places.release();
    }
  }

  @Override
  public <T extends Message> ApiWatch<T> watch(ResourceType<T> type, WatchOptions options) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("watch", "true");
    query.put("allowWatchBookmarks", "true");
    query.put("labelSelector", options.labelSelector());
    query.put("fieldSelector", options.fieldSelector());
    query.put("resourceVersion", options.afterResourceVersion());
    query.put("timeoutSeconds", Long.toString(RestWatch.LIFE.toSeconds()));
    if (options.afterResourceVersion().isEmpty()) {
      query.put("sendInitialEvents", "true");
      query.put("resourceVersionMatch", "NotOlderThan");
    }
    URI uri = paths.collection(type, options.namespace(), query);
    HttpResponse<InputStream> response =
        send(request(uri, accept(type, "")).GET().build(), BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw refusal(response.statusCode(), readAll(response.body()));
    }
    var watch = new RestWatch<>(type, response.body(), timers);
    watch.start();
    return watch;
  }

  private static ByteString readAll(InputStream in) {
    try (in) {
      return ByteString.copyFrom(in.readAllBytes());
    } catch (IOException e) {
      return ByteString.EMPTY; // the code alone must do
    }
  }

  @Override
  public String serverVersion() {
    ByteString body = exchange(request(paths.of("/version"), "application/json").GET());
    Matcher version = VERSION.matcher(body.toStringUtf8());
    if (!version.find()) {
      throw Envelope.unreadable("/version has no gitVersion");
    }
    return String.valueOf(version.group(1));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpRequest.Builder request(URI uri, String accept) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(CALL_LIMIT)
            .setHeader("Accept", accept)
            .setHeader("Content-Type", PROTOBUF)
            .setHeader("User-Agent", "kemudi");
    String token = endpoint.bearerToken().get();
    return token.isEmpty() ? request : request.setHeader("Authorization", "Bearer " + token);
  }

  /// The kind as it is, or as metadata only when that is what `type` reads.
  private static String accept(ResourceType<?> type, String suffix) {
    return type.parser() == PartialObjectMetadata.parser()
        ? PROTOBUF + ";as=PartialObjectMetadata" + suffix + ";g=meta.k8s.io;v=v1"
        : PROTOBUF;
  }

  private static Map<String, String> query(WriteOptions options) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("dryRun", options.dryRun() ? "All" : "");
    query.put("fieldManager", options.fieldManager());
    return query;
  }

  private static <T extends Message> HttpRequest.BodyPublisher body(
      ResourceType<T> type, T object) {
    return BodyPublishers.ofByteArray(
        Envelope.wrap(type.apiVersion(), type.kind(), object.toByteString()));
  }

  private ByteString exchange(HttpRequest.Builder request) {
    HttpResponse<byte[]> response = send(request.build(), BodyHandlers.ofByteArray());
    ByteString body = ByteString.copyFrom(response.body());
    if (response.statusCode() / 100 != 2) {
      throw refusal(response.statusCode(), body);
    }
    return body;
  }

  private <B> HttpResponse<B> send(HttpRequest request, HttpResponse.BodyHandler<B> handler) {
    try {
      return http.send(request, handler);
    } catch (java.net.http.HttpTimeoutException e) {
      throw new ApiException(
          StatusReason.TIMEOUT, request.method() + " " + request.uri() + ": no answer in time");
    } catch (IOException e) {
      throw unavailable(request.method() + " " + request.uri(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  static ApiException unavailable(String what, @Nullable Throwable why) {
    return new ApiException(StatusReason.SERVICE_UNAVAILABLE, what + ": " + why);
  }

  private static ApiException interrupted() {
    return new ApiException(StatusReason.SERVICE_UNAVAILABLE, "interrupted");
  }

  private static ApiException refusal(int code, ByteString body) {
    if (Envelope.isOne(body)) {
      return Statuses.exception(Envelope.unwrap(body).toByteArray());
    }
    String text = body.toString(StandardCharsets.UTF_8);
    return new ApiException(
        Statuses.reason("", code), code, "HTTP " + code + ": " + text.strip(), null);
  }

  static <T extends Message> T parse(ResourceType<T> type, ByteString body) {
    try {
      return type.parser().parseFrom(Envelope.unwrap(body));
    } catch (IOException e) {
      throw Envelope.unreadable(String.valueOf(e.getMessage()));
    }
  }
}
