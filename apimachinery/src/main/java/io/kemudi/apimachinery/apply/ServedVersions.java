package io.kemudi.apimachinery.apply;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The other versions in which the written object is served. Who owns fields owns them as they are
/// called in the version that it wrote, so changes made through another version have to be looked
/// at in that one too.
@FunctionalInterface
public interface ServedVersions {
  /// For objects with the same fields in every version.
  ServedVersions SAME = _ -> View.SAME;

  /// How to see the object in `apiVersion`; null when it is not served in that (any more).
  @Nullable View in(String apiVersion);

  /// One version, as seen from the one that is written.
  ///
  /// @param topology null: both versions have the same fields
  /// @param there makes a tree of this version; the argument is left alone
  /// @param back the way back
  record View(
      @Nullable Topology topology,
      UnaryOperator<Map<String, @Nullable Object>> there,
      UnaryOperator<Map<String, @Nullable Object>> back) {
    public static final View SAME = new View(null, tree -> tree, tree -> tree);

    boolean isSame() {
      return topology == null;
    }
  }
}
