package io.kemudi.client.informer;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ResourceType;
import java.util.List;
import java.util.function.Function;

/// Keeps a local copy of a resource in step with the server: lists or starts from the current
/// objects, then follows events, resumes after a lost connection, and lists anew only when the
/// server no longer has the history in between. Eventually the truth.
///
/// Handlers and indexes are added before the informer starts. Handlers are called on one thread.
public interface Informer<T extends Message> {
  ResourceType<T> type();

  Lister<T> lister();

  void addHandler(EventHandler<T> handler);

  /// Makes [Lister#byIndex] answer for `index`; the function gives the values of one object.
  void addIndex(String index, Function<T, List<String>> values);

  /// Whether the first full state has arrived and been handed to the handlers.
  boolean hasSynced();

  /// The revision up to which the copy is known to be true; "" before the first state. For lag
  /// metrics and for controllers that must not act behind their own writes.
  String resourceVersion();
}
