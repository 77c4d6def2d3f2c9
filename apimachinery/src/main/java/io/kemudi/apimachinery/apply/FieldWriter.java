package io.kemudi.apimachinery.apply;

import java.time.Instant;

/// Who writes an object, through what, and when: all that a managedFields entry says of a write.
///
/// @param manager the field manager, of at most 128 characters; "" becomes `unknown`
/// @param apiVersion the version that the request was made in
/// @param subresource "" for the object itself
/// @param writable leaves out what this write cannot change, such as `status` of a write of the
///   object itself
/// @param versions the versions that others may have written in
public record FieldWriter(
    String manager,
    String apiVersion,
    String subresource,
    Instant now,
    FieldFilter writable,
    ServedVersions versions) {
  public FieldWriter {
    manager = manager.isEmpty() ? "unknown" : manager;
  }

  public FieldWriter(
      String manager, String apiVersion, String subresource, Instant now, FieldFilter writable) {
    this(manager, apiVersion, subresource, now, writable, ServedVersions.SAME);
  }

  public FieldWriter(String manager, String apiVersion, String subresource, Instant now) {
    this(manager, apiVersion, subresource, now, FieldFilter.ALL);
  }

  FieldWriter as(String other) {
    return new FieldWriter(other, apiVersion, subresource, now, writable, versions);
  }
}
