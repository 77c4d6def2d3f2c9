package io.kemudi.apimachinery.cel.library;

/// Who answers `authorizer...check(verb)` in an expression. May block; called by the evaluating
/// thread.
public interface CelAuthorizer {
  /// What is asked. Empty strings: not said.
  ///
  /// @param path for a non-resource request, else empty
  record Question(
      String path,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name,
      String fieldSelector,
      String labelSelector,
      String verb) {}

  /// The answer; `error` is empty unless the check itself failed.
  record Decision(boolean allowed, String reason, String error) {}

  Decision check(Question question);

  /// The authorizer that answers for a service account instead of the request's user.
  CelAuthorizer serviceAccount(String namespace, String name);
}
