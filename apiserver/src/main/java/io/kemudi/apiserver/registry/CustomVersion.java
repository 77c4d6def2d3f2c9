package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.crd.CustomSchema;
import java.util.List;

/// What a row of a custom resource knows beyond its names: one version of its definition.
/// Immutable; a change of the definition makes another.
///
/// @param schema all that is asked of its objects
/// @param selectableFields JSON paths without the first dot, such as `spec.color`
/// @param deprecationWarning what writers are told, empty when the version is not deprecated
/// @param refusal what everybody who asks for this version is told, empty when it can be served
/// @param isTerminating its definition is being deleted: nothing new is created
public record CustomVersion(
    CustomSchema schema,
    Scale scale,
    List<Column> columns,
    List<String> selectableFields,
    String deprecationWarning,
    String refusal,
    boolean isTerminating) {
  /// Where the scale subresource finds its numbers: JSON paths with the first dot, empty for none.
  public record Scale(String specReplicas, String statusReplicas, String labelSelector) {
    public static final Scale NONE = new Scale("", "", "");
  }

  /// A column of its tables.
  public record Column(
      String name, String type, String format, String description, int priority, String path) {}

  public CustomVersion {
    columns = List.copyOf(columns);
    selectableFields = List.copyOf(selectableFields);
  }
}
