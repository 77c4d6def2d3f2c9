package io.kemudi.apiserver.registry;

import java.util.List;

/// A stream of events of one resource in the order of their revisions.
///
/// One thread polls; [#close] may come from any. A watcher that does not keep up is cut off (it
/// ends with a 410, as if its revision had become too old): nothing is buffered for it.
public interface ObjectWatch extends AutoCloseable {
  /// The events since the last call, in order, at most a few hundred at a time and never splitting
  /// a revision (but for the initial objects); empty when there are none yet.
  ///
  /// @throws io.kemudi.apimachinery.errors.ApiException when the watch has ended: `EXPIRED` for one
  ///   that fell behind, `SERVICE_UNAVAILABLE` when the server stops. To be sent as an ERROR event.
  List<ObjectEvent> poll();

  /// Has `listener` called whenever [#poll] may have something to give, and once now if it may
  /// already. It is called on any thread, must not block, and may be called needlessly.
  void onReady(Runnable listener);

  /// Has one of the next polls give a bookmark, unless the watch has got no further than where it
  /// began. Any thread.
  void askForBookmark();

  /// A bookmark for a watch that is about to be ended in good order: every event up to its revision
  /// has been polled.
  ObjectEvent lastBookmark();

  @Override
  void close();
}
