package io.kemudi.apiserver.registry;

/// What to list, as the query parameters say it; "" and 0 are absent.
public record ListOptions(
    String labelSelector,
    String fieldSelector,
    String resourceVersion,
    String resourceVersionMatch,
    long limit,
    String continueToken) {
  public static final ListOptions ALL = new ListOptions("", "", "", "", 0, "");

  public ListOptions labels(String selector) {
    return new ListOptions(
        selector, fieldSelector, resourceVersion, resourceVersionMatch, limit, continueToken);
  }

  public ListOptions fields(String selector) {
    return new ListOptions(
        labelSelector, selector, resourceVersion, resourceVersionMatch, limit, continueToken);
  }

  public ListOptions at(String resourceVersion, String match) {
    return new ListOptions(
        labelSelector, fieldSelector, resourceVersion, match, limit, continueToken);
  }

  public ListOptions page(long limit, String continueToken) {
    return new ListOptions(
        labelSelector, fieldSelector, resourceVersion, resourceVersionMatch, limit, continueToken);
  }
}
