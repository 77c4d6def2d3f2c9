package io.kemudi.client.api;

/// What to list: everything in `namespace` ("" for all) that the selectors match ("" for all).
/// `resourceVersion` is "" for the latest truth and "0" for any that the server has at hand.
public record ListOptions(
    String namespace, String labelSelector, String fieldSelector, String resourceVersion) {
  public static final ListOptions ALL = new ListOptions("", "", "", "");

  public static ListOptions in(String namespace) {
    return new ListOptions(namespace, "", "", "");
  }

  public ListOptions labels(String selector) {
    return new ListOptions(namespace, selector, fieldSelector, resourceVersion);
  }

  public ListOptions fields(String selector) {
    return new ListOptions(namespace, labelSelector, selector, resourceVersion);
  }

  public ListOptions anyRevision() {
    return new ListOptions(namespace, labelSelector, fieldSelector, "0");
  }
}
