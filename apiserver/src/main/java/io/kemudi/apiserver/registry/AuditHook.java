package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.errors.ApiException;
import org.jspecify.annotations.Nullable;

/// Hears what a request did inside the [Registry]; the front adds what it knows (URL, source, reply
/// code). Called on the request's thread; must not block for long and must not throw.
public interface AuditHook {
  AuditHook NONE = new AuditHook() {};

  /// The object as it was asked for (a decoded tree), before defaults and admission.
  default void requested(Target target, Object tree) {}

  /// One of the writes that this request consists of, before it is authorized: a transaction's.
  default void operation(String verb, Target target) {}

  /// Why the request is refused.
  default void refused(ApiException why) {}

  /// What admission wants to have noted, such as a policy's decision.
  default void annotate(String key, String value) {}

  /// The object as it was answered; null when the request was refused.
  default void answered(Target target, @Nullable StoredObject object) {}
}
