package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.validation.FieldPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Simple JSON paths such as `.spec.labels['a.b']`, as definitions use them to point into schemas.
public final class SchemaPaths {
  private SchemaPaths() {}

  /// The steps of a path; null when it is none.
  public static @Nullable List<String> parse(String path) {
    List<String> steps = new ArrayList<>();
    int at = 0;
    while (at < path.length()) {
      if (path.charAt(at) == '.') {
        int end = at + 1;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
          end++;
        }
        if (end == at + 1) {
          return null;
        }
        steps.add(path.substring(at + 1, end));
        at = end;
      } else if (path.startsWith("['", at)) {
        StringBuilder key = new StringBuilder();
        int end = at + 2;
        while (end < path.length() && path.charAt(end) != '\'') {
          end += path.charAt(end) == '\\' ? 1 : 0;
          key.append(end < path.length() ? path.charAt(end) : '\\');
          end++;
        }
        if (!path.startsWith("']", end)) {
          return null;
        }
        steps.add(key.toString());
        at = end + 2;
      } else {
        return null;
      }
    }
    return steps.isEmpty() ? null : steps;
  }

  /// Whether objects of the schema can have a value there.
  static boolean exists(StructuralSchema schema, String path) {
    return find(schema, path) != null;
  }

  /// The schema of what stands there.
  public static @Nullable StructuralSchema find(StructuralSchema schema, String path) {
    List<String> steps = parse(path);
    StructuralSchema at = steps == null ? null : schema;
    if (steps != null) {
      for (String step : steps) {
        at = at == null ? null : at.field(step);
      }
    }
    return at;
  }

  static FieldPath append(@Nullable FieldPath path, String relative) {
    FieldPath at = path;
    List<String> steps = parse(relative);
    if (steps != null) {
      for (String step : steps) {
        at = at == null ? FieldPath.of(step) : at.child(step);
      }
    }
    return at == null ? FieldPath.of("<nil>") : at;
  }
}
