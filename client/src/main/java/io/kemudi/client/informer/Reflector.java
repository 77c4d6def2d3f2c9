package io.kemudi.client.informer;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ApiWatch;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.ObjectList;
import io.kemudi.client.api.WatchEvent;
import io.kemudi.client.api.WatchOptions;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows one resource on the server and tells a [Sink] what is there.
///
/// It watches "from the beginning": the current objects arrive as events and are gathered until the
/// server says that they are complete, then replace what was known. After that each event counts by
/// itself. A watch that ends or breaks is resumed after the last revision seen; only when the
/// server no longer has that history (410) everything is fetched anew. A server that does not know
/// watches of this form is asked for a list first, then watched.
///
/// A loop body without a thread: one caller at a time calls [#step] when woken.
final class Reflector<T extends Message> {
  private static final Logger log = LoggerFactory.getLogger(Reflector.class);

  // As upstream's reflector: 0.8 s doubling to 30 s, and calm again after two minutes of peace.
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(800);
  private static final Duration LAST_BACKOFF = Duration.ofSeconds(30);
  private static final Duration PEACE = Duration.ofMinutes(2);

  private static final Duration JITTER = Duration.ofMillis(100);

  /// What becomes of the events; called on the thread that steps.
  interface Sink<T> {
    /// These objects and no others are there.
    void replaced(Map<ObjectKey, T> objects, String resourceVersion);

    void put(T object, String resourceVersion);

    void removed(T object, String resourceVersion);

    /// Nothing more happened up to this revision.
    void reached(String resourceVersion);
  }

  private final ApiClient client;
  private final ResourceType<T> type;
  private final ListOptions selection;
  private final Sink<T> sink;
  private final Timers timers;
  private final RandomGenerator random;
  private final Runnable wake;

  private @Nullable ApiWatch<T> watch;
  private @Nullable Map<ObjectKey, T> gathering; // the initial objects while they arrive
  private String resourceVersion = ""; // of the last event; "" makes the next watch start anew
  private boolean listFirst; // the server refused to send initial events
  private int failures;
  private long failedNs;
  private long notBeforeNs;

  /// `wake` is called on any thread when [#step] has something to do.
  Reflector(
      ApiClient client,
      ResourceType<T> type,
      ListOptions selection,
      Sink<T> sink,
      Timers timers,
      RandomGenerator random,
      Runnable wake) {
    this.client = client;
    this.type = type;
    this.selection = selection;
    this.sink = sink;
    this.timers = timers;
    this.random = random;
    this.wake = wake;
    this.notBeforeNs = timers.nanoTime();
  }

  /// Does what can be done now.
  ///
  /// @return whether it did something, so that there may be more to do at once
  boolean step() {
    if (watch == null && timers.nanoTime() < notBeforeNs) {
      return false;
    }
    try {
      ApiWatch<T> current = watch;
      return current == null ? begin() : follow(current);
    } catch (ApiException e) {
      failed(e);
      return true;
    } catch (RuntimeException e) {
      log.error("{}: following failed; starting anew", type, e);
      disconnect();
      resourceVersion = "";
      backOff();
      return true;
    }
  }

  private boolean begin() {
    if (resourceVersion.isEmpty() && listFirst) {
      list();
    }
    gathering = resourceVersion.isEmpty() ? new LinkedHashMap<>() : null;
    ApiWatch<T> opened = client.watch(type, options());
    watch = opened;
    opened.onReady(wake);
    return true;
  }

  private WatchOptions options() {
    return new WatchOptions(
        selection.namespace(),
        selection.labelSelector(),
        selection.fieldSelector(),
        resourceVersion);
  }

  private void list() {
    ObjectList<T> list = client.list(type, selection);
    Map<ObjectKey, T> objects = new LinkedHashMap<>();
    list.items().forEach(object -> objects.put(type.key(object), object));
    resourceVersion = list.resourceVersion();
    sink.replaced(objects, resourceVersion);
  }

  private boolean follow(ApiWatch<T> current) {
    List<WatchEvent<T>> events = current.poll();
    if (events == null) {
      disconnect();
      backOff();
      return true;
    }
    events.forEach(this::apply);
    return !events.isEmpty();
  }

  private void apply(WatchEvent<T> event) {
    switch (event) {
      case WatchEvent.Added<T>(T object) -> put(object);
      case WatchEvent.Modified<T>(T object) -> put(object);
      case WatchEvent.Deleted<T>(T object) -> remove(object);
      case WatchEvent.Bookmark<T>(String revision) -> reached(revision);
      case WatchEvent.InitialEventsEnd<T>(String revision) -> complete(revision);
    }
  }

  private void put(T object) {
    if (gathering != null) {
      gathering.put(type.key(object), object);
      return;
    }
    resourceVersion = revisionOf(object);
    sink.put(object, resourceVersion);
  }

  private void remove(T object) {
    if (gathering != null) {
      gathering.remove(type.key(object));
      return;
    }
    resourceVersion = revisionOf(object);
    sink.removed(object, resourceVersion);
  }

  private String revisionOf(T object) {
    return type.metadata().apply(object).getResourceVersion();
  }

  private void reached(String revision) {
    if (gathering == null) {
      resourceVersion = revision;
      sink.reached(revision);
    }
  }

  private void complete(String revision) {
    Map<ObjectKey, T> objects = gathering;
    if (objects == null) {
      reached(revision);
      return;
    }
    gathering = null;
    resourceVersion = revision;
    sink.replaced(objects, revision);
  }

  private void failed(ApiException e) {
    disconnect();
    switch (e.reason()) {
      case EXPIRED, GONE -> {
        log.info(
            "{}: revision {} is no longer kept: {}; starting anew",
            type,
            resourceVersion,
            e.text());
        resourceVersion = "";
      }
      case INVALID, BAD_REQUEST, FORBIDDEN -> {
        log.warn("{}: watch refused: {}", type, e.text());
        listFirst = resourceVersion.isEmpty() && !e.is(StatusReason.FORBIDDEN);
      }
      case UNAUTHORIZED,
          NOT_FOUND,
          METHOD_NOT_ALLOWED,
          NOT_ACCEPTABLE,
          ALREADY_EXISTS,
          CONFLICT,
          REQUEST_ENTITY_TOO_LARGE,
          UNSUPPORTED_MEDIA_TYPE,
          TOO_MANY_REQUESTS,
          UNKNOWN,
          INTERNAL_ERROR,
          STORE_READ_ERROR,
          SERVICE_UNAVAILABLE,
          SERVER_TIMEOUT,
          TIMEOUT ->
          log.info("{}: watch lost after revision {}: {}", type, resourceVersion, e.text());
    }
    backOff();
  }

  private void disconnect() {
    ApiWatch<T> current = watch;
    watch = null;
    gathering = null;
    if (current != null) {
      current.close();
    }
  }

  /// The first reconnection after a time of peace is immediate but for jitter, so that a thousand
  /// clients of a restarted server do not come back in one instant.
  private void backOff() {
    long nowNs = timers.nanoTime();
    failures = nowNs - failedNs > PEACE.toNanos() ? 0 : failures;
    failedNs = nowNs;
    Duration base =
        FIRST_BACKOFF.multipliedBy(failures == 0 ? 0 : 1L << Math.min(failures - 1, 10));
    long limitNs = Math.min(base.toNanos(), LAST_BACKOFF.toNanos());
    long delayNs = limitNs + random.nextLong(Math.max(limitNs, JITTER.toNanos()));
    failures++;
    notBeforeNs = nowNs + delayNs;
    timers.schedule(Duration.ofNanos(delayNs), wake);
  }

  void close() {
    disconnect();
  }
}
