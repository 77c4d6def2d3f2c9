package io.kemudi.apimachinery.patch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Trees as upstream's messages show them: `map[name:c ports:[80 81]]`.
public final class GoFormat {
  /// Longer texts are cut: a message is read by people.
  private static final int MAX_LENGTH = 4096;

  private GoFormat() {}

  public static String of(@Nullable Object tree) {
    var text = new StringBuilder();
    append(text, tree);
    return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text.toString();
  }

  private static void append(StringBuilder text, @Nullable Object tree) {
    if (text.length() > MAX_LENGTH) {
      return;
    }
    switch (tree) {
      case null -> text.append("<nil>");
      case Map<?, ?> map -> {
        text.append("map[");
        String separator = "";
        for (Map.Entry<?, ?> entry : new TreeMap<Object, @Nullable Object>(map).entrySet()) {
          text.append(separator).append(entry.getKey()).append(':');
          append(text, entry.getValue());
          separator = " ";
        }
        text.append(']');
      }
      case List<?> list -> {
        text.append('[');
        String separator = "";
        for (Object item : list) {
          text.append(separator);
          append(text, item);
          separator = " ";
        }
        text.append(']');
      }
      default -> text.append(tree);
    }
  }
}
