package io.kemudi.client.api;

/// What to watch. `afterResourceVersion` "" begins with the current objects as added events, ended
/// by [WatchEvent.InitialEventsEnd]; otherwise events after that revision.
public record WatchOptions(
    String namespace, String labelSelector, String fieldSelector, String afterResourceVersion) {
  public static final WatchOptions ALL = new WatchOptions("", "", "", "");

  public static WatchOptions fields(String selector) {
    return new WatchOptions("", "", selector, "");
  }

  public WatchOptions after(String resourceVersion) {
    return new WatchOptions(namespace, labelSelector, fieldSelector, resourceVersion);
  }
}
