package io.kemudi.apimachinery.codec;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which known name a person probably meant: one that differs in case only, one that is a few slips
/// of the finger away, or one of which the wrong name is the beginning or the last word.
final class NearestName {
  /// No known name is much longer, and the comparison takes time by the product of the lengths.
  private static final int MAX_LENGTH = 80;

  /// Shorter words are part of too many names.
  private static final int MIN_PART = 4;

  private NearestName() {}

  /// The nearest of the known names, the first among equals; null when none is near.
  static @Nullable String of(String wrong, List<String> known) {
    if (wrong.isEmpty() || wrong.length() > MAX_LENGTH) {
      return null;
    }
    String lower = wrong.toLowerCase(Locale.ROOT);
    String nearest = null;
    int least = allowed(wrong) + 1;
    for (String name : known) {
      int distance = distance(lower, name.toLowerCase(Locale.ROOT));
      if (distance < least) {
        nearest = name;
        least = distance;
      }
    }
    return nearest == null ? related(wrong, known) : nearest;
  }

  /// A slip for each three letters: `imagee`, but not `zip` for `tty`.
  private static int allowed(String wrong) {
    return Math.max(1, wrong.length() / 3 - 1);
  }

  /// `secretName` for `name`, `service` for `serviceName`.
  private static @Nullable String related(String wrong, List<String> known) {
    for (String name : known) {
      boolean shorter = wrong.length() < name.length();
      String part = shorter ? wrong : name;
      String whole = shorter ? name : wrong;
      if (part.length() >= MIN_PART && (begins(whole, part) || ends(whole, part))) {
        return name;
      }
    }
    return null;
  }

  private static boolean begins(String whole, String part) {
    return whole.startsWith(part)
        && whole.length() > part.length()
        && Character.isUpperCase(whole.charAt(part.length()));
  }

  private static boolean ends(String whole, String part) {
    String word = Character.toUpperCase(part.charAt(0)) + part.substring(1);
    return whole.endsWith(word);
  }

  /// How many letters to add, drop, change or swap with their neighbour (the restricted form of
  /// Damerau's distance).
  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        row[j] = Math.min(Math.min(last[j], row[j - 1]) + 1, last[j - 1] + (same ? 0 : 1));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }
}
