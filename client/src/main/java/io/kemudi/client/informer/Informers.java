package io.kemudi.client.informer;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ListOptions;
import java.time.Duration;

/// One shared [Informer] per resource and selection over one client. Informers asked for after
/// [#start] begin at once.
public interface Informers extends AutoCloseable {
  default <T extends Message> Informer<T> informer(ResourceType<T> type) {
    return informer(type, ListOptions.ALL);
  }

  /// An informer of the objects that `selection` matches; the same instance for equal arguments.
  <T extends Message> Informer<T> informer(ResourceType<T> type, ListOptions selection);

  void start();

  /// Waits until every informer asked for so far has its first state; false when `limit` passed.
  boolean awaitSync(Duration limit) throws InterruptedException;

  @Override
  void close();
}
