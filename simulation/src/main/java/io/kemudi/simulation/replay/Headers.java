package io.kemudi.simulation.replay;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Compares the response headers that recordings keep.
final class Headers {
  /// A recording tells them whenever they were sent; so also their absence is recorded.
  private static final Set<String> KEPT =
      Set.of(
          "content-type",
          "warning",
          "retry-after",
          "location",
          "allow",
          "www-authenticate",
          "content-encoding",
          "etag",
          "vary",
          "last-modified");

  /// Their values are of one server's start or build.
  private static final Set<String> ANY_VALUE = Set.of("etag", "last-modified");

  private Headers() {}

  static List<Difference> differences(
      Map<?, ?> recorded, HttpHeaders got, Expectation expectation) {
    Map<String, List<String>> expected = new TreeMap<>();
    recorded.forEach((name, value) -> expected.put(lower(name), values(value)));
    var found = new ArrayList<Difference>();
    for (String name : new TreeSet<>(KEPT)) {
      List<String> want = expected.getOrDefault(name, List.of());
      List<String> have = got.allValues(name);
      if (!same(name, want, have, expectation)) {
        boolean wording = name.equals("warning") && want.size() == have.size();
        found.add(new Difference("header " + name, "expected " + want + " got " + have, wording));
      }
    }
    return found;
  }

  private static boolean same(
      String name, List<String> want, List<String> have, Expectation expectation) {
    if (want.size() != have.size()) {
      return false;
    }
    if (ANY_VALUE.contains(name)) {
      return true;
    }
    for (int i = 0; i < want.size(); i++) {
      if (!expectation.matches(want.get(i), have.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static String lower(Object name) {
    return name.toString().toLowerCase(Locale.ROOT);
  }

  private static List<String> values(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(Object::toString).toList()
        : List.of(value.toString());
  }
}
