package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.Json;
import java.nio.charset.StandardCharsets;
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
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Compares replies with recorded ones, in which placeholders such as `<uid:1>` stand for what the
/// server chose. The first sight of a placeholder gives it its value, later ones must agree; times
/// only have to be times, as another run may cross a second elsewhere.
final class Expectation {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("<(rv|time|mtime|uid|gen|ip|nodePort|continue|jwt|cert):(x?\\d+)>");

  /// The placeholders, and those that may stand for another value at each place.
  private static final Pattern VARIABLE =
      Pattern.compile(
          PLACEHOLDER.pattern()
              + "|<(any|age|date|epoch|klog|path|tmp|gen|nodePort|server|external|external-ip|hex:\\d+)>");

  /// Characters of a value that are shown.
  private static final int BRIEF = 400;

  private final Map<String, String> values = new HashMap<>();
  private final Map<String, String> constants;

  /// @param constants recorded texts -> what stands for them here, wherever they occur
  Expectation(Map<String, String> constants) {
    this.constants = Map.copyOf(constants);
  }

  void bind(String placeholder, String value) {
    values.putIfAbsent(placeholder, value);
  }

  /// The value of a placeholder; null as long as nothing has shown it.
  @Nullable String value(String placeholder) {
    return values.get(placeholder);
  }

  private String local(String text) {
    String filled = text;
    for (var constant : constants.entrySet()) {
      filled = filled.replace(constant.getKey(), constant.getValue());
    }
    return filled;
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
        .matcher(local(text))
        .replaceAll(
            found -> Matcher.quoteReplacement(values.getOrDefault(found.group(), found.group())));
  }

  /// The tree with what is known in place of the placeholders.
  @Nullable Object fill(@Nullable Object tree) {
    return switch (tree) {
      // a string in the recording, a number in the API
      case String text when text.startsWith("<nodePort:") && values.containsKey(text) ->
          Long.valueOf(fill(text));
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

  /// Where a reply differs from the recorded one.
  List<Difference> differences(@Nullable Object expected, @Nullable Object actual) {
    boolean refusal =
        expected instanceof Map<?, ?> map
            && "Status".equals(map.get("kind"))
            && "Failure".equals(map.get("status"));
    if (!Objects.equals(kind(expected), kind(actual))) {
      return List.of(
          new Difference("body", "expected " + brief(expected) + " got " + brief(actual), false));
    }
    var found = new ArrayList<Difference>();
    compare(new Place("", refusal), expected, actual, found);
    return found;
  }

  private static @Nullable Object kind(@Nullable Object tree) {
    return tree instanceof Map<?, ?> map ? map.get("kind") : null;
  }

  /// Whether a text is the recorded one; what it shows for the first time is remembered.
  boolean matches(String recorded, String got) {
    String want = local(recorded);
    if (want.equals(got)) {
      return true;
    }
    if (want.indexOf('<') < 0) {
      return false;
    }
    var regex = new StringBuilder();
    var names = new ArrayList<String>();
    int end = 0;
    Matcher matcher = VARIABLE.matcher(want);
    while (matcher.find()) {
      regex.append(Pattern.quote(want.substring(end, matcher.start())));
      String known = isTimeName(matcher.group()) ? null : values.get(matcher.group());
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
    return found.matches() && remember(names, found);
  }

  private boolean remember(List<String> names, Matcher found) {
    for (int i = 0; i < names.size(); i++) {
      if (isTimeName(names.get(i)) && !isTime(found.group(i + 1))) {
        return false;
      }
    }
    for (int i = 0; i < names.size(); i++) {
      if (PLACEHOLDER.matcher(names.get(i)).matches()) {
        values.putIfAbsent(names.get(i), found.group(i + 1));
      }
    }
    return true;
  }

  private static boolean isTimeName(String placeholder) {
    return placeholder.startsWith("<time:") || placeholder.startsWith("<mtime:");
  }

  private static boolean isTime(String text) {
    try {
      Instant.parse(text);
      return true;
    } catch (DateTimeParseException _) {
      return false;
    }
  }

  /// @param refusal inside a Status of failure, whose messages are wording
  private record Place(String path, boolean refusal) {
    /// Upstream tells causes, and the rules of a user, in the order of a Go map.
    boolean unordered() {
      return path.endsWith(".causes")
          || path.endsWith(".resourceRules")
          || path.endsWith(".nonResourceRules");
    }

    Place at(String step) {
      return new Place(path + step, refusal);
    }

    Difference difference(String text) {
      return new Difference(
          path.isEmpty() ? "body" : path, text, refusal && path.endsWith(".message"));
    }
  }

  private void compare(
      Place place, @Nullable Object expected, @Nullable Object actual, List<Difference> found) {
    switch (expected) {
      case Map<?, ?> want when actual instanceof Map<?, ?> got -> {
        Set<Object> keys = new LinkedHashSet<>(want.keySet());
        keys.addAll(got.keySet());
        for (Object key : keys) {
          compare(place.at("." + key), want.get(key), got.get(key), found);
        }
      }
      case List<?> want when actual instanceof List<?> got && place.unordered() ->
          causes(place, want, got, found);
      case List<?> want when actual instanceof List<?> got -> {
        for (int i = 0; i < Math.max(want.size(), got.size()); i++) {
          compare(
              place.at("[" + i + "]"),
              i < want.size() ? want.get(i) : null,
              i < got.size() ? got.get(i) : null,
              found);
        }
      }
      case String want when actual instanceof String || actual instanceof Long -> {
        if (!matches(want, actual.toString())) {
          found.add(place.difference("expected " + want + " got " + actual));
        }
      }
      case null, default -> {
        if (!Objects.equals(expected, actual)) {
          found.add(place.difference("expected " + brief(expected) + " got " + brief(actual)));
        }
      }
    }
  }

  /// Several causes come in no fixed order. First those that agree, then those that only say it in
  /// other words.
  private void causes(Place place, List<?> want, List<?> got, List<Difference> found) {
    var expected = new ArrayList<Object>(want);
    var left = new ArrayList<Object>(got);
    expected.removeIf(one -> removeFirst(left, other -> same(place, one, other)));
    for (Object one : List.copyOf(expected)) {
      for (Object other : List.copyOf(left)) {
        if (withoutMessage(one).equals(withoutMessage(other))) {
          expected.remove(one);
          left.remove(other);
          compare(place.at("[]"), one, other, found);
          break;
        }
      }
    }
    expected.forEach(one -> found.add(place.difference("expected " + one + " got " + got)));
    left.forEach(one -> found.add(place.difference("unexpected " + one)));
  }

  private static boolean removeFirst(List<Object> from, Predicate<Object> test) {
    for (Object one : from) {
      if (test.test(one)) {
        from.remove(one);
        return true;
      }
    }
    return false;
  }

  private boolean same(Place place, @Nullable Object expected, @Nullable Object actual) {
    var before = Map.copyOf(values);
    var found = new ArrayList<Difference>();
    compare(place, expected, actual, found);
    if (!found.isEmpty()) {
      values.clear();
      values.putAll(before);
    }
    return found.isEmpty();
  }

  private static Map<?, ?> withoutMessage(@Nullable Object cause) {
    if (!(cause instanceof Map<?, ?> map)) {
      return Map.of();
    }
    var copy = new LinkedHashMap<Object, @Nullable Object>(map);
    copy.remove("message");
    return copy;
  }

  private static String brief(@Nullable Object tree) {
    if (tree == null) {
      return "nothing";
    }
    String text =
        new String(Json.write(tree), StandardCharsets.UTF_8)
            .replace("\\u003c", "<")
            .replace("\\u003e", ">")
            .replace("\\u0026", "&");
    return text.length() > BRIEF ? text.substring(0, BRIEF) + "..." : text;
  }
}
