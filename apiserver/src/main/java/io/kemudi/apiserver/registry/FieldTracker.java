package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.apply.FieldFilter;
import io.kemudi.apimachinery.apply.ServedVersions;
import io.kemudi.apimachinery.schema.MessageType;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who manages which fields (`metadata.managedFields`), as it changes with a write. Trees are in
/// the version of `form`.
interface FieldTracker {
  /// In whose name, through which version, when, on which subresource is written, and what of it
  /// can be owned.
  record Writer(
      String manager,
      ObjectForm form,
      MessageType type,
      String subresource,
      Instant now,
      FieldFilter writable,
      ServedVersions versions) {}

  /// Sets `tree`'s managed fields after a create, update or patch that made it of `old`.
  void updated(
      Map<String, @Nullable Object> tree,
      @Nullable Map<String, @Nullable Object> old,
      Writer writer);

  /// Merges an applied configuration into `old` (null: there is nothing yet).
  ///
  /// @throws io.kemudi.apimachinery.errors.ApiException 409 naming the fields that others manage
  Map<String, @Nullable Object> applied(
      Map<String, @Nullable Object> applied,
      @Nullable Map<String, @Nullable Object> old,
      Writer writer,
      boolean force);
}
