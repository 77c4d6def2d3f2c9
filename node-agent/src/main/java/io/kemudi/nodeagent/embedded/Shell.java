package io.kemudi.nodeagent.embedded;

import java.util.Collection;

/// Words for /bin/sh scripts.
final class Shell {
  private Shell() {}

  /// One word, whatever characters are in it.
  static String quote(Object word) {
    return "'" + word.toString().replace("'", "'\\''") + "'";
  }

  static String quoteAll(Collection<?> words) {
    StringBuilder line = new StringBuilder();
    for (Object word : words) {
      line.append(line.isEmpty() ? "" : " ").append(quote(word));
    }
    return line.toString();
  }
}
