package io.kemudi.apiserver.admission;

import io.kemudi.apiserver.storage.ObjectStorage.Beside;

/// One step that a write has to pass after decoding and defaulting. Plugins are called in the order
/// of their list; [#admit] of all of them before [#validate] of any. Thread-safe; may read the
/// registry's caches and must not write.
///
/// A refusal is an [io.kemudi.apimachinery.errors.ApiException].
public interface AdmissionPlugin {
  /// As upstream names it.
  String name();

  /// Changes the object or refuses it. May be called again when a later plugin changed the object,
  /// so doing it twice must be the same as once.
  default void admit(AdmissionRequest request) {}

  /// Whether it speaks for somebody outside (webhooks, policies): what those change has to be
  /// looked at again by all ([Rounds]), while the server's own know each other's changes by their
  /// order. They are also asked what the server's own are not: deletions and streams in the
  /// mutating phase, and subresources in the form in which the client sent them.
  default boolean isOutside() {
    return false;
  }

  /// Refuses the object as it will be stored.
  default void validate(AdmissionRequest request) {}

  /// What has to be written in the same transaction as the object, and what must not have changed
  /// meanwhile. Asked after [#validate], and again for every attempt to write; may refuse.
  default Beside beside(AdmissionRequest request) {
    return Beside.NOTHING;
  }
}
