package io.kemudi.client.api;

import io.kemudi.apimachinery.errors.ApiException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stream of events of one resource, in the order of their revisions.
///
/// One thread polls; [#close] may come from any. Buffers are bounded: a consumer that falls behind
/// slows the transport down and is in the end cut off by the server.
public interface ApiWatch<T> extends AutoCloseable {
  /// The events that have arrived, in order; empty when there are none yet; null when the server
  /// ended the watch in good order (watch again from the last revision seen).
  ///
  /// @throws ApiException when the watch failed: `EXPIRED` means that the revision is no longer
  ///   kept and the resource has to be listed anew
  @Nullable List<WatchEvent<T>> poll();

  /// Has `listener` called whenever [#poll] may have something to give, and once now if it may
  /// already. It is called on any thread, must not block, and may be called needlessly.
  void onReady(Runnable listener);

  @Override
  void close();
}
