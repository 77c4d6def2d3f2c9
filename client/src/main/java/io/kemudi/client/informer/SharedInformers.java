package io.kemudi.client.informer;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The [Informers] of one process. Started, each informer has a virtual thread; a simulation does
/// not start them and calls [#step] instead.
public final class SharedInformers implements Informers {
  private static final Logger log = LoggerFactory.getLogger(SharedInformers.class);

  private final ApiClient client;
  private final Timers timers;
  private final RandomGenerator random;
  private final Map<Selection, Running<?>> running = new LinkedHashMap<>(); // guarded by this
  private final List<Running<?>> owned = new ArrayList<>(); // guarded by this
  private boolean started;
  private boolean closed;

  /// `seed` decides the jitter of reconnections.
  public SharedInformers(ApiClient client, Timers timers, long seed) {
    this.client = client;
    this.timers = timers;
    this.random = new SplittableRandom(seed);
  }

  @Override
  @SuppressWarnings("unchecked") // an entry's informer has the type of its key
  public synchronized <T extends Message> Informer<T> informer(
      ResourceType<T> type, ListOptions selection) {
    var key = new Selection(type, selection);
    var known = (Running<T>) running.get(key);
    if (known == null) {
      known = new Running<>(type, selection);
      running.put(key, known);
      if (started && !closed) {
        known.start();
      }
    }
    return known.informer;
  }

  @Override
  public synchronized <T extends Message> Informer<T> own(
      ResourceType<T> type, Consumer<Informer<T>> prepare) {
    var made = new Running<>(type, ListOptions.ALL);
    prepare.accept(made.informer);
    owned.add(made);
    if (started && !closed) {
      made.start();
    }
    return made.informer;
  }

  @Override
  public synchronized void stop(Informer<?> own) {
    for (Running<?> one : List.copyOf(owned)) {
      if (one.informer == own) {
        owned.remove(one);
        one.stop();
        if (!started) {
          one.reflector.close(); // as its thread would
        }
      }
    }
  }

  @Override
  public synchronized void start() {
    if (!started && !closed) {
      started = true;
      all().forEach(Running::start);
    }
  }

  @Override
  public boolean awaitSync(Duration limit) throws InterruptedException {
    long untilNs = System.nanoTime() + limit.toNanos();
    for (Running<?> one : shared()) {
      if (!one.informer.synced().await(untilNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        log.warn("{} did not arrive within {}", one.informer.type(), limit);
        return false;
      }
    }
    return true;
  }

  /// Without threads: lets every informer do what it can do now, on the caller's.
  ///
  /// @return whether any did something
  public boolean step() {
    boolean moved = false;
    for (Running<?> one : all()) {
      moved |= !one.stopped && one.reflector.step();
    }
    return moved;
  }

  private synchronized List<Running<?>> shared() {
    return new ArrayList<>(running.values());
  }

  private synchronized List<Running<?>> all() {
    List<Running<?>> all = shared();
    all.addAll(owned);
    return all;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    all().forEach(Running::stop);
  }

  private record Selection(ResourceType<?> type, ListOptions options) {}

  private final class Running<T extends Message> {
    final SharedInformer<T> informer;
    final Reflector<T> reflector;
    private final Semaphore woken = new Semaphore(1);
    private volatile boolean stopped;

    Running(ResourceType<T> type, ListOptions selection) {
      informer = new SharedInformer<>(type);
      long seed = random.nextLong();
      reflector =
          new Reflector<>(
              client,
              type,
              selection,
              informer,
              timers,
              new SplittableRandom(seed),
              woken::release);
    }

    void start() {
      Thread.ofVirtual().name("informer-" + informer.type()).start(this::run);
    }

    private void run() {
      try {
        while (!stopped) {
          woken.acquire();
          woken.drainPermits();
          while (!stopped && reflector.step()) {
            // step() has done something, so there may be more at once
          }
        }
      } catch (InterruptedException e) {
        log.debug("informer of {} interrupted", informer.type());
      } finally {
        reflector.close();
      }
    }

    void stop() {
      stopped = true;
      woken.release();
    }
  }
}
