package io.kemudi.client.events;

import io.kemudi.kubernetes.core.v1.ObjectReference;

/// Tells people what happened to an object. Never blocks, never fails; under load events are
/// dropped rather than work delayed.
@FunctionalInterface
public interface Events {
  Events NONE = (_, _, _, _) -> {};

  /// `type` is `Normal` or `Warning`, `reason` a CamelCase word, `message` a sentence.
  void record(ObjectReference about, String type, String reason, String message);

  default void normal(ObjectReference about, String reason, String message) {
    record(about, "Normal", reason, message);
  }

  default void warning(ObjectReference about, String reason, String message) {
    record(about, "Warning", reason, message);
  }
}
