package io.kemudi.client.informer;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ListOptions;
import java.time.Duration;
import java.util.function.Consumer;

/// One shared [Informer] per resource and selection over one client. Informers asked for after
/// [#start] begin at once.
public interface Informers extends AutoCloseable {
  default <T extends Message> Informer<T> informer(ResourceType<T> type) {
    return informer(type, ListOptions.ALL);
  }

  /// An informer of the objects that `selection` matches; the same instance for equal arguments.
  <T extends Message> Informer<T> informer(ResourceType<T> type, ListOptions selection);

  /// An informer of all objects for the caller alone, who ends it with [#stop]. `prepare` adds its
  /// indexes and handlers before it begins.
  <T extends Message> Informer<T> own(ResourceType<T> type, Consumer<Informer<T>> prepare);

  /// Ends an informer that [#own] gave: it follows the server no more. Its copy stays readable as
  /// it is. May be called by its handlers; an event that is being told may still reach them all.
  void stop(Informer<?> own);

  void start();

  /// Waits until every shared informer asked for so far has its first state; false when `limit`
  /// passed.
  boolean awaitSync(Duration limit) throws InterruptedException;

  @Override
  void close();
}
