package io.kemudi.client.informer;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An [ObjectIndex] kept by a [Reflector], with handlers. The thread that steps the reflector
/// writes the index first and then calls the handlers.
final class SharedInformer<T extends Message> implements Informer<T>, Reflector.Sink<T> {
  private static final Logger log = LoggerFactory.getLogger(SharedInformer.class);

  private final ResourceType<T> type;
  private final ObjectIndex<T> objects;
  private final List<EventHandler<T>> handlers = new CopyOnWriteArrayList<>();
  private final CountDownLatch synced = new CountDownLatch(1);
  private volatile String resourceVersion = "";

  SharedInformer(ResourceType<T> type) {
    this.type = type;
    this.objects = new ObjectIndex<>(type);
  }

  @Override
  public ResourceType<T> type() {
    return type;
  }

  @Override
  public Lister<T> lister() {
    return objects;
  }

  @Override
  public void addHandler(EventHandler<T> handler) {
    handlers.add(handler);
  }

  @Override
  public void addIndex(String index, Function<T, List<String>> values) {
    objects.addIndex(index, values);
  }

  @Override
  public boolean hasSynced() {
    return synced.getCount() == 0;
  }

  CountDownLatch synced() {
    return synced;
  }

  @Override
  public String resourceVersion() {
    return resourceVersion;
  }

  @Override
  public void replaced(Map<ObjectKey, T> now, String revision) {
    for (ObjectKey key : objects.keys()) {
      if (!now.containsKey(key)) {
        delete(key);
      }
    }
    now.values().forEach(this::set);
    resourceVersion = revision;
    synced.countDown();
  }

  @Override
  public void put(T object, String revision) {
    set(object);
    resourceVersion = revision;
  }

  @Override
  public void removed(T object, String revision) {
    delete(type.key(object));
    resourceVersion = revision;
  }

  @Override
  public void reached(String revision) {
    resourceVersion = revision;
  }

  private void set(T object) {
    ObjectKey key = type.key(object);
    T before = objects.get(key);
    if (before != null && !uid(before).equals(uid(object))) {
      delete(key);
      before = null;
    }
    // A resumed watch may tell again what is known.
    if (before != null && revision(before).equals(revision(object))) {
      return;
    }
    objects.put(object);
    T known = before;
    tell(handler -> {
      if (known == null) {
        handler.onAdd(object);
      } else {
        handler.onUpdate(known, object);
      }
    });
  }

  private void delete(ObjectKey key) {
    T before = objects.remove(key);
    if (before != null) {
      tell(handler -> handler.onDelete(before));
    }
  }

  /// A handler that throws must not keep the event, or those after it, from anyone.
  private void tell(Consumer<EventHandler<T>> event) {
    for (EventHandler<T> handler : handlers) {
      try {
        event.accept(handler);
      } catch (RuntimeException e) {
        log.error("a handler of the informer of {} failed", type, e);
      }
    }
  }

  private String uid(T object) {
    return type.metadata().apply(object).getUid();
  }

  private String revision(T object) {
    return type.metadata().apply(object).getResourceVersion();
  }
}
