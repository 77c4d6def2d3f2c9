package io.kemudi.apiserver.server;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Compares replies with recorded ones, in which placeholders such as `<uid:1>` stand for what the
/// server chose. The first sight of a placeholder gives it its value, later ones must agree; times
/// only have to be times, as another run may cross a second elsewhere.
final class Expectation {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("<(rv|time|mtime|uid|gen|ip|nodePort|continue|jwt|cert):(x?\\d+)>");

  private final Map<String, String> values = new HashMap<>();

  void bind(String placeholder, String value) {
    values.putIfAbsent(placeholder, value);
  }

  /// The placeholders of a text that have no value yet.
  List<String> unknown(String text) {
    return PLACEHOLDER
        .matcher(text)
        .results()
        .map(found -> found.group())
        .filter(found -> !values.containsKey(found))
        .toList();
  }

  /// The text with what is known in place of the placeholders.
  String fill(String text) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            found -> Matcher.quoteReplacement(values.getOrDefault(found.group(), found.group())));
  }

  /// The tree with what is known in place of the placeholders.
  @Nullable Object fill(@Nullable Object tree) {
    return switch (tree) {
      case String text -> fill(text);
      case Map<?, ?> map -> {
        var filled = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, value) -> filled.put(fill((String) key), fill(value)));
        yield filled;
      }
      case List<?> list -> {
        var filled = new ArrayList<@Nullable Object>();
        list.forEach(item -> filled.add(fill(item)));
        yield filled;
      }
      case null, default -> tree;
    };
  }

  /// Where the two trees differ, as `path: expected X got Y`.
  List<String> differences(@Nullable Object expected, @Nullable Object actual) {
    var found = new ArrayList<String>();
    compare("", expected, actual, found);
    return found;
  }

  private void compare(
      String path, @Nullable Object expected, @Nullable Object actual, List<String> found) {
    switch (expected) {
      case Map<?, ?> want when actual instanceof Map<?, ?> got -> {
        Set<Object> keys = new LinkedHashSet<>(want.keySet());
        keys.addAll(got.keySet());
        for (Object key : keys) {
          compare(path + "." + key, want.get(key), got.get(key), found);
        }
      }
      case List<?> want when actual instanceof List<?> got && path.endsWith(".causes") ->
          sameSet(path, want, got, found);
      case List<?> want when actual instanceof List<?> got -> {
        for (int i = 0; i < Math.max(want.size(), got.size()); i++) {
          compare(
              path + "[" + i + "]",
              i < want.size() ? want.get(i) : null,
              i < got.size() ? got.get(i) : null,
              found);
        }
      }
      case String want when actual instanceof String || actual instanceof Long -> {
        if (!matches(want, actual.toString())) {
          found.add(path + ": expected " + want + " got " + actual);
        }
      }
      case null, default -> {
        if (!Objects.equals(expected, actual)) {
          found.add(path + ": expected " + expected + " got " + actual);
        }
      }
    }
  }

  /// Several causes come in no fixed order.
  private void sameSet(String path, List<?> want, List<?> got, List<String> found) {
    var left = new ArrayList<Object>(got);
    for (Object one : want) {
      if (!left.removeIf(other -> differences(one, other).isEmpty())) {
        found.add(path + ": expected " + one + " got " + left);
      }
    }
    if (want.size() < got.size()) {
      found.add(path + ": unexpected " + left);
    }
  }

  private boolean matches(String want, String got) {
    if (want.equals(got)) {
      return true;
    }
    if (want.indexOf('<') < 0) {
      return false;
    }
    var regex = new StringBuilder();
    var names = new ArrayList<String>();
    int end = 0;
    Matcher matcher = PLACEHOLDER.matcher(want);
    while (matcher.find()) {
      regex.append(Pattern.quote(want.substring(end, matcher.start())));
      String known = matcher.group(1).endsWith("time") ? null : values.get(matcher.group());
      if (known == null) {
        names.add(matcher.group());
        regex.append("(.+?)");
      } else {
        regex.append(Pattern.quote(known));
      }
      end = matcher.end();
    }
    regex.append(Pattern.quote(want.substring(end)));
    Matcher found = Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(got);
    if (!found.matches()) {
      return false;
    }
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.startsWith("<time") || name.startsWith("<mtime")) {
        if (!isTime(found.group(i + 1))) {
          return false;
        }
      }
      values.putIfAbsent(name, found.group(i + 1));
    }
    return true;
  }

  private static boolean isTime(String text) {
    try {
      Instant.parse(text);
      return true;
    } catch (DateTimeParseException _) {
      return false;
    }
  }
}
