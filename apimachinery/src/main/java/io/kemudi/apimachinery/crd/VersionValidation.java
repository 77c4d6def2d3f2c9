package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceColumnDefinition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceSubresourceScale;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceSubresources;
import io.kemudi.kubernetes.apiextensions.v1.SelectableField;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one version of a custom resource says beside its schema: scale, columns, selectable fields.
final class VersionValidation {
  private static final List<String> COLUMN_TYPES =
      List.of("boolean", "date", "integer", "number", "string");
  private static final List<String> COLUMN_FORMATS =
      List.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");
  private static final int MAX_SELECTABLE = 8;

  private VersionValidation() {}

  static void subresources(
      CustomResourceSubresources subresources, FieldPath path, FieldErrors errors) {
    if (!subresources.hasScale()) {
      return;
    }
    CustomResourceSubresourceScale scale = subresources.getScale();
    FieldPath at = path.child("scale");
    scalePath(scale.getSpecReplicasPath(), List.of(".spec."), at.child("specReplicasPath"), errors);
    scalePath(
        scale.getStatusReplicasPath(), List.of(".status."), at.child("statusReplicasPath"), errors);
    if (scale.hasLabelSelectorPath() && !scale.getLabelSelectorPath().isEmpty()) {
      scalePath(
          scale.getLabelSelectorPath(),
          List.of(".spec.", ".status."),
          at.child("labelSelectorPath"),
          errors);
    }
  }

  private static void scalePath(
      String value, List<String> under, FieldPath path, FieldErrors errors) {
    if (value.isEmpty()) {
      errors.required(path);
    } else if (!isSimple(value)) {
      errors.invalid(path, value, "must be a simple json path starting with .");
    } else if (under.stream().noneMatch(value::startsWith)) {
      String where =
          String.join(
              " or ", under.stream().map(each -> each.substring(0, each.length() - 1)).toList());
      errors.invalid(
          path,
          value,
          "should be a json path under " + (under.size() > 1 ? "either " : "") + where);
    }
  }

  private static boolean isSimple(String path) {
    return path.startsWith(".") && SchemaPaths.parse(path) != null;
  }

  static void columns(
      List<CustomResourceColumnDefinition> columns, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < columns.size(); i++) {
      CustomResourceColumnDefinition column = columns.get(i);
      FieldPath at = path.index(i);
      if (column.getName().isEmpty()) {
        errors.required(at.child("name"));
      }
      if (column.getType().isEmpty()) {
        errors.required(at.child("type"), "must be one of " + String.join(",", COLUMN_TYPES));
      } else if (!COLUMN_TYPES.contains(column.getType())) {
        errors.invalid(
            at.child("type"), column.getType(), "must be one of " + String.join(",", COLUMN_TYPES));
      }
      if (!column.getFormat().isEmpty() && !COLUMN_FORMATS.contains(column.getFormat())) {
        errors.invalid(
            at.child("format"),
            column.getFormat(),
            "must be one of " + String.join(",", COLUMN_FORMATS));
      }
      if (column.getJsonPath().isEmpty()) {
        errors.required(at.child("JSONPath"));
      } else if (!column.getJsonPath().startsWith(".")) {
        errors.invalid(
            at.child("JSONPath"),
            column.getJsonPath(),
            "must be a simple json path starting with .");
      }
    }
  }

  static void selectableFields(
      List<SelectableField> fields,
      @Nullable Map<String, @Nullable Object> schema,
      FieldPath path,
      FieldErrors errors) {
    if (fields.size() > MAX_SELECTABLE) {
      errors.tooMany(path, fields.size(), MAX_SELECTABLE);
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < fields.size(); i++) {
      String text = fields.get(i).getJsonPath();
      FieldPath at = path.index(i).child("jsonPath");
      if (text.isEmpty()) {
        errors.required(at);
      } else if (!seen.add(text)) {
        errors.duplicate(at, text);
      } else {
        selectable(text, schema, at, errors);
      }
    }
  }

  private static void selectable(
      String text,
      @Nullable Map<String, @Nullable Object> schema,
      FieldPath path,
      FieldErrors errors) {
    if (!isSimple(text)) {
      errors.invalid(path, text, "is an invalid path: must be a simple json path starting with .");
      return;
    }
    if (text.equals(".metadata") || text.startsWith(".metadata.")) {
      errors.invalid(path, text, "must not point to fields in metadata");
      return;
    }
    StructuralSchema found =
        schema == null ? null : SchemaPaths.find(StructuralSchema.of(schema), text);
    if (found == null) {
      errors.invalid(path, text, "is an invalid path: does not refer to a valid field");
    } else if (!List.of("string", "boolean", "integer").contains(found.type())) {
      errors.invalid(
          path,
          text,
          "must point to a field of type string, boolean or integer. Enum string fields and strings"
              + " with formats are allowed.");
    }
  }
}
