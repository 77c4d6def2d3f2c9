package io.kemudi.apimachinery.apply;

import java.time.Instant;

/// Who writes an object, through what, and when: all that a managedFields entry says of a write.
///
/// @param manager the field manager, of at most 128 characters; "" becomes `unknown`
/// @param apiVersion the version that the request was made in
/// @param subresource "" for the object itself
/// @param ignored fields that this write cannot change, such as `status` of a write of the object
///   itself
public record FieldWriter(
    String manager, String apiVersion, String subresource, Instant now, FieldSet ignored) {
  public FieldWriter {
    manager = manager.isEmpty() ? "unknown" : manager;
  }

  public FieldWriter(String manager, String apiVersion, String subresource, Instant now) {
    this(manager, apiVersion, subresource, now, new FieldSet());
  }
}
