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

  /// Whether what this plugin changes has to be looked at again by all (webhooks, policies). Those
  /// of the server's own know each other's changes by their order.
  default boolean reinvokes() {
    return false;
  }

  /// The second [#admit], after a plugin that [#reinvokes] changed the object.
  default void readmit(AdmissionRequest request) {
    admit(request);
  }

  /// Refuses the object as it will be stored.
  default void validate(AdmissionRequest request) {}

  /// What has to be written in the same transaction as the object, and what must not have changed
  /// meanwhile. Asked after [#validate], and again for every attempt to write; may refuse.
  default Beside beside(AdmissionRequest request) {
    return Beside.NOTHING;
  }
}
