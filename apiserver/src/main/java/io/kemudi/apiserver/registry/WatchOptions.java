package io.kemudi.apiserver.registry;

import org.jspecify.annotations.Nullable;

/// What to watch, as the query parameters say it. `sendInitialEvents` null is absent. A watch does
/// not continue anything; `continueToken` is there to be refused as upstream refuses it.
public record WatchOptions(
    String labelSelector,
    String fieldSelector,
    String resourceVersion,
    String resourceVersionMatch,
    @Nullable Boolean sendInitialEvents,
    boolean bookmarks,
    String continueToken) {
  public WatchOptions(
      String labelSelector,
      String fieldSelector,
      String resourceVersion,
      String resourceVersionMatch,
      @Nullable Boolean sendInitialEvents,
      boolean bookmarks) {
    this(
        labelSelector,
        fieldSelector,
        resourceVersion,
        resourceVersionMatch,
        sendInitialEvents,
        bookmarks,
        "");
  }

  /// The current objects, their end marked, then every event.
  public static final WatchOptions FROM_NOW =
      new WatchOptions("", "", "", "NotOlderThan", true, true);

  public static WatchOptions after(String resourceVersion) {
    return new WatchOptions("", "", resourceVersion, "", null, true);
  }

  public WatchOptions labels(String selector) {
    return new WatchOptions(
        selector,
        fieldSelector,
        resourceVersion,
        resourceVersionMatch,
        sendInitialEvents,
        bookmarks,
        continueToken);
  }

  public WatchOptions fields(String selector) {
    return new WatchOptions(
        labelSelector,
        selector,
        resourceVersion,
        resourceVersionMatch,
        sendInitialEvents,
        bookmarks,
        continueToken);
  }
}
