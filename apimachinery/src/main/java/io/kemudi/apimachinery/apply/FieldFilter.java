package io.kemudi.apimachinery.apply;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which fields a write can come to own: a write of a status cannot change the spec, so it must not
/// own it. Immutable.
///
/// @param without fields that are ruled out with everything below them
/// @param only paths, `*` standing for any one step, outside of which all is ruled out; empty: none
public record FieldFilter(FieldSet without, List<List<String>> only) {
  public static final FieldFilter ALL = new FieldFilter(new FieldSet(), List.of());

  public FieldFilter {
    only = List.copyOf(only);
  }

  /// Paths as in [FieldSet#of].
  public static FieldFilter excluding(String... paths) {
    return new FieldFilter(FieldSet.of(paths), List.of());
  }

  /// `including("spec.containers.*.resources")`.
  public static FieldFilter including(String... paths) {
    return new FieldFilter(
        new FieldSet(),
        java.util.Arrays.stream(paths).map(path -> List.of(path.split("\\."))).toList());
  }

  FieldSet filter(FieldSet fields) {
    FieldSet left = fields.without(without);
    return only.isEmpty() ? left : left.along(only);
  }

  /// The paths that lead on below a step; null when one of them ends here and all below is meant.
  static @Nullable List<List<String>> below(List<List<String>> paths, PathElement step) {
    var rest = new java.util.ArrayList<List<String>>();
    for (List<String> path : paths) {
      String first = path.getFirst();
      if (first.equals("*") || step.equals(PathElement.field(first))) {
        if (path.size() == 1) {
          return null;
        }
        rest.add(path.subList(1, path.size()));
      }
    }
    return rest;
  }
}
