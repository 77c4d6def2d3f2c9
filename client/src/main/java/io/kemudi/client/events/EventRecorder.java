package io.kemudi.client.events;

import static io.kemudi.apimachinery.resource.ResourceTypes.EVENTS;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.Outcome;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.core.v1.Event;
import io.kemudi.kubernetes.core.v1.ObjectReference;
import io.kemudi.kubernetes.meta.v1.Time;
import io.kemudi.lifecycle.Component;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [Events] as core/v1 objects. One virtual thread writes what was recorded, new events in batches.
/// The same thing happening to the same object again raises the `count` of its event instead of
/// making another.
///
/// Bounds: [#QUEUE_SIZE] unwritten events (then the oldest is dropped and counted), [#KNOWN_SIZE]
/// remembered ones, and for each object a burst of 25, then one in five minutes, as upstream.
public final class EventRecorder implements Events, Component {
  private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
  static final int QUEUE_SIZE = 10_000;
  static final int KNOWN_SIZE = 4096;
  private static final int BATCH_SIZE = 256;
  private static final int BURST = 25;
  private static final long REFILL_NS = Duration.ofMinutes(5).toNanos();
  private static final Duration FLUSH_LIMIT = Duration.ofSeconds(2);

  private final ApiClient client;
  private final String component;
  private final String host;
  private final Timers timers;
  private final ArrayBlockingQueue<Recorded> queue = new ArrayBlockingQueue<>(QUEUE_SIZE);
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong lastStamp = new AtomicLong();
  // Used by the one thread that writes.
  private final Map<Same, Written> known = new Recent<>();
  private final Map<String, Spam> spam = new Recent<>(); // uid (or name) of the object -> budget
  private volatile boolean closed;
  private @Nullable Thread thread;

  /// `component` is the source that people see, `host` the machine ("" for none).
  public EventRecorder(ApiClient client, String component, String host, Timers timers) {
    this.client = client;
    this.component = component;
    this.host = host;
    this.timers = timers;
  }

  @Override
  public String name() {
    return "events-" + component;
  }

  @Override
  public synchronized void start() {
    thread = Thread.ofVirtual().name(name()).start(this::run);
  }

  @Override
  public boolean ready() {
    return !closed;
  }

  /// How many events were not written: the queue was full, an object had too many, or the server
  /// refused.
  public long dropped() {
    return dropped.get();
  }

  @Override
  public void record(ObjectReference about, String type, String reason, String message) {
    var recorded = new Recorded(new Same(about, type, reason, message), timers.instant());
    while (!queue.offer(recorded)) {
      if (queue.poll() != null) {
        dropped.incrementAndGet();
      }
    }
  }

  private void run() {
    try {
      while (!closed) {
        Recorded first = queue.poll(1, TimeUnit.SECONDS);
        if (first != null) {
          write(first);
        }
      }
    } catch (InterruptedException e) {
      log.debug("{}: interrupted", name());
    }
    flush();
  }

  /// Writes what was recorded until now; the body of the writing thread.
  public void flush() {
    for (Recorded next = queue.poll(); next != null; next = queue.poll()) {
      write(next);
    }
  }

  private void write(Recorded first) {
    List<Recorded> batch = new ArrayList<>();
    batch.add(first);
    queue.drainTo(batch, BATCH_SIZE - 1);
    Map<Same, Event> fresh = new LinkedHashMap<>();
    for (Recorded recorded : batch) {
      if (!allowed(recorded)) {
        dropped.incrementAndGet();
        continue;
      }
      Written before = known.get(recorded.what());
      if (before != null) {
        countAgain(recorded, before);
      } else {
        fresh.merge(recorded.what(), event(recorded), EventRecorder::seenTwice);
      }
    }
    create(fresh);
  }

  private static Event seenTwice(Event earlier, Event later) {
    return earlier.toBuilder()
        .setCount(earlier.getCount() + 1)
        .setLastTimestamp(later.getLastTimestamp())
        .build();
  }

  private boolean allowed(Recorded recorded) {
    ObjectReference about = recorded.what().about();
    String object = about.getUid().isEmpty() ? about.getName() : about.getUid();
    return spam.computeIfAbsent(object, _ -> new Spam(timers.nanoTime())).take(timers.nanoTime());
  }

  private void create(Map<Same, Event> events) {
    if (events.isEmpty()) {
      return;
    }
    List<Same> what = List.copyOf(events.keySet());
    List<Event> made = List.copyOf(events.values());
    try {
      List<Outcome<Event>> outcomes = client.createAll(EVENTS, made, WriteOptions.NONE);
      for (int i = 0; i < made.size(); i++) {
        created(what.get(i), made.get(i), outcomes.get(i));
      }
    } catch (ApiException e) {
      lost(made.size(), e);
    }
  }

  private void created(Same what, Event event, Outcome<Event> outcome) {
    switch (outcome) {
      case Outcome.Done<Event> _ ->
          known.put(what, new Written(event.getMetadata().getName(), event.getCount()));
      case Outcome.Refused<Event>(ApiException why) -> lost(1, why);
    }
  }

  private void countAgain(Recorded recorded, Written before) {
    Same what = recorded.what();
    int count = before.count() + 1;
    String patch =
        "{\"count\":" + count + ",\"lastTimestamp\":\"" + seconds(recorded.when()) + "\"}";
    try {
      client.patch(
          EVENTS, namespace(what), before.name(), "", Patch.merge(patch), WriteOptions.NONE);
      known.put(what, new Written(before.name(), count));
    } catch (ApiException e) {
      known.remove(what);
      if (e.is(StatusReason.NOT_FOUND)) {
        create(Map.of(what, event(recorded))); // it has expired meanwhile
      } else {
        lost(1, e);
      }
    }
  }

  private void lost(int count, ApiException why) {
    dropped.addAndGet(count);
    // Events of a namespace that is being deleted are refused by design.
    if (!why.is(StatusReason.FORBIDDEN) && !why.is(StatusReason.NOT_FOUND)) {
      log.info("{}: {} event(s) not written: {}", name(), count, why.text());
    }
  }

  private static Instant seconds(Instant instant) {
    return Instant.ofEpochSecond(instant.getEpochSecond());
  }

  /// Events about objects without a namespace live in `default`.
  private static String namespace(Same what) {
    String namespace = what.about().getNamespace();
    return namespace.isEmpty() ? "default" : namespace;
  }

  private Event event(Recorded recorded) {
    Same what = recorded.what();
    Time when = Time.newBuilder().setSeconds(recorded.when().getEpochSecond()).build();
    Event.Builder event =
        Event.newBuilder()
            .setInvolvedObject(what.about())
            .setReason(what.reason())
            .setMessage(what.message())
            .setType(what.type())
            .setFirstTimestamp(when)
            .setLastTimestamp(when)
            .setCount(1)
            .setReportingComponent(component)
            .setReportingInstance(host);
    event.getSourceBuilder().setComponent(component).setHost(host);
    event
        .getMetadataBuilder()
        .setNamespace(namespace(what))
        .setName(what.about().getName() + "." + Long.toHexString(stamp(recorded.when())));
    return event.build();
  }

  /// Names end in the time in nanoseconds, as upstream's; never the same twice.
  private long stamp(Instant when) {
    long nanos = when.getEpochSecond() * 1_000_000_000L + when.getNano();
    return lastStamp.updateAndGet(last -> Math.max(last + 1, nanos));
  }

  @Override
  public void close() {
    closed = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    try {
      if (running != null && !running.join(FLUSH_LIMIT)) {
        running.interrupt();
      }
    } catch (InterruptedException e) {
      running.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private record Recorded(Same what, Instant when) {}

  /// What makes two events one. Not the revision of the object: it changes without meaning here.
  private record Same(ObjectReference about, String type, String reason, String message) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Same same
          && type.equals(same.type)
          && reason.equals(same.reason)
          && message.equals(same.message)
          && identity(about).equals(identity(same.about));
    }

    @Override
    public int hashCode() {
      return (identity(about).hashCode() * 31 + reason.hashCode()) * 31 + message.hashCode();
    }

    private static ObjectReference identity(ObjectReference about) {
      return about.hasResourceVersion() ? about.toBuilder().clearResourceVersion().build() : about;
    }
  }

  private record Written(String name, int count) {}

  /// A bucket of [#BURST] that gains one per [#REFILL_NS].
  private static final class Spam {
    private int left = BURST;
    private long refilledNs;

    Spam(long nowNs) {
      refilledNs = nowNs;
    }

    boolean take(long nowNs) {
      long gained = (nowNs - refilledNs) / REFILL_NS;
      left = (int) Math.min(BURST, left + gained);
      refilledNs += gained * REFILL_NS;
      return left > 0 && left-- > 0;
    }
  }

  /// Forgets what was used longest ago.
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > KNOWN_SIZE;
    }
  }
}
