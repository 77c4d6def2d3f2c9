package io.kemudi.apiserver.auth;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apiserver.registry.ObjectEvent;
import io.kemudi.apiserver.registry.ObjectWatch;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.WatchOptions;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All objects of one resource as messages, kept up to date from the [Registry]'s own watch, for
/// those inside the server who ask at every request. One virtual thread follows the watch.
public final class MirroredResource<T extends Message> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MirroredResource.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Registry registry;
  private final ResourceType<T> type;
  private final Runnable changed;
  private final Map<ObjectKey, T> objects = new ConcurrentHashMap<>();
  private final CountDownLatch synced = new CountDownLatch(1);
  private final Semaphore wake = new Semaphore(0);
  private volatile boolean closed;
  private @Nullable Thread thread;

  /// `changed` runs after every change that was taken in, on the mirror's thread.
  public MirroredResource(Registry registry, ResourceType<T> type, Runnable changed) {
    this.registry = registry;
    this.type = type;
    this.changed = changed;
  }

  public void start() {
    thread = Thread.ofVirtual().name("mirror-" + type.resource()).start(this::run);
  }

  /// Whether the mirror showed the whole truth at least once.
  public boolean synced() {
    return synced.getCount() == 0;
  }

  public boolean awaitSynced(Duration atMost) throws InterruptedException {
    return synced.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  public Collection<T> all() {
    return objects.values();
  }

  public @Nullable T get(String namespace, String name) {
    return objects.get(new ObjectKey(namespace, name));
  }

  @Override
  public void close() {
    closed = true;
    wake.release();
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try {
        follow();
      } catch (InterruptedException e) {
        return;
      } catch (ApiException e) {
        log.debug("watching {}: {}", type, e.getMessage());
      } catch (RuntimeException e) {
        log.warn("watching {} failed, beginning again", type, e);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void follow() throws InterruptedException {
    Target target =
        Target.collection(
            registry.resources().need(type.group(), type.version(), type.resource()), "");
    try (ObjectWatch watch =
        registry.watch(RequestContext.loopback(), target, WatchOptions.FROM_NOW)) {
      watch.onReady(wake::release);
      Map<ObjectKey, T> initial = new ConcurrentHashMap<>();
      boolean complete = false;
      while (!closed) {
        List<ObjectEvent> events = watch.poll();
        if (events.isEmpty()) {
          wake.acquire();
          wake.drainPermits();
          continue;
        }
        for (ObjectEvent event : events) {
          if (complete) {
            apply(event, objects);
          } else if (event.type() == ObjectEvent.Type.INITIAL_EVENTS_END) {
            complete = true;
            objects.keySet().retainAll(initial.keySet());
            objects.putAll(initial);
          } else {
            apply(event, initial);
          }
        }
        if (complete) {
          changed.run();
          synced.countDown();
        }
      }
    }
  }

  private void apply(ObjectEvent event, Map<ObjectKey, T> to) {
    if (event.isBookmark()) {
      return;
    }
    StoredObject object = event.object();
    ObjectKey key = new ObjectKey(object.namespace(), object.name());
    if (event.type() == ObjectEvent.Type.DELETED) {
      to.remove(key);
      return;
    }
    try {
      to.put(key, type.parser().parseFrom(object.bytes()));
    } catch (InvalidProtocolBufferException e) {
      log.warn("{} {} is unreadable, ignored", type, key, e);
    }
  }
}
