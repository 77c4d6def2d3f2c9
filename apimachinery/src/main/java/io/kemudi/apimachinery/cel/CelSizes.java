package io.kemudi.apimachinery.cel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How large a value that an expression reads can be, by the schema it stands in.
@FunctionalInterface
public interface CelSizes {
  /// Steps from a list to its elements, from a map to its values and to its keys.
  String ITEMS = "@items";

  String VALUES = "@values";
  String KEYS = "@keys";

  /// Nothing is known of any value.
  CelSizes UNKNOWN = path -> null;

  /// The characters of a text, bytes, elements or entries; null when that cannot be told.
  ///
  /// @param path a variable, then field names and the steps above
  @Nullable CelRange of(List<String> path);
}
