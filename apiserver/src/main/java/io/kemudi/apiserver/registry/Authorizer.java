package io.kemudi.apiserver.registry;

/// Whether a user may do something. Fast and non-blocking: every request asks.
@FunctionalInterface
public interface Authorizer {
  Authorizer ALLOW_ALL = (user, attributes) -> Decision.ALLOWED;

  Decision authorize(User user, Attributes attributes);

  /// What is asked for. For resources `path` is "", for other URLs all but verb and path are "".
  record Attributes(
      String verb,
      String group,
      String version,
      String resource,
      String subresource,
      String namespace,
      String name,
      String path) {
    public static Attributes of(String verb, Target target) {
      return new Attributes(
          verb,
          target.row().group(),
          target.row().version(),
          target.row().resource(),
          target.subresource(),
          target.namespace(),
          target.name(),
          "");
    }
  }

  /// `reason` is shown to the user, after the sentence that refuses.
  record Decision(boolean allowed, String reason) {
    public static final Decision ALLOWED = new Decision(true, "");
    public static final Decision NO_OPINION = new Decision(false, "");
  }
}
