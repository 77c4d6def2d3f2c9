package io.kemudi.apiserver.custom;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The order of API versions: `v10, v2, v1, v11beta2, v3beta1, v12alpha1, foo1`: stable before beta
/// before alpha, newer before older, and what is no version last, by name.
final class VersionOrder {
  static final Comparator<String> NEWEST_FIRST =
      Comparator.comparingInt(VersionOrder::stability)
          .thenComparing(VersionOrder::major, Comparator.reverseOrder())
          .thenComparing(VersionOrder::minor, Comparator.reverseOrder())
          .thenComparing(Comparator.naturalOrder());

  private static final Pattern VERSION = Pattern.compile("v(\\d{1,9})(?:(alpha|beta)(\\d{1,9}))?");

  private VersionOrder() {}

  private static int stability(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      return 3;
    }
    return matcher.group(2) == null ? 0 : matcher.group(2).equals("beta") ? 1 : 2;
  }

  private static Integer major(String version) {
    return number(version, 1);
  }

  private static Integer minor(String version) {
    return number(version, 3);
  }

  private static int number(String version, int group) {
    Matcher matcher = VERSION.matcher(version);
    return matcher.matches() && matcher.group(group) != null
        ? Integer.parseInt(matcher.group(group))
        : 0;
  }
}
