package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.apply.FieldWriter;
import io.kemudi.apimachinery.apply.ManagedFields;
import io.kemudi.apimachinery.apply.ServerSideApply;
import io.kemudi.apimachinery.apply.Topology;
import io.kemudi.apimachinery.crd.CustomSchema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keeps `metadata.managedFields` as upstream does.
final class OwnershipTracker implements FieldTracker {
  @Override
  public void updated(
      Map<String, @Nullable Object> tree,
      @Nullable Map<String, @Nullable Object> old,
      Writer writer) {
    ManagedFields.afterWrite(topology(writer), old, tree, fieldWriter(writer));
  }

  @Override
  public Map<String, @Nullable Object> applied(
      Map<String, @Nullable Object> applied,
      @Nullable Map<String, @Nullable Object> old,
      Writer writer,
      boolean force) {
    return ServerSideApply.apply(topology(writer), old, applied, fieldWriter(writer), force);
  }

  private static Topology topology(Writer writer) {
    CustomSchema schema = writer.form().schema();
    return schema == null ? Topology.of(writer.type()) : Topology.custom(schema.structure().tree());
  }

  private static FieldWriter fieldWriter(Writer writer) {
    return new FieldWriter(
        writer.manager(),
        writer.form().apiVersion(),
        writer.subresource(),
        writer.now(),
        writer.writable(),
        writer.versions());
  }
}
