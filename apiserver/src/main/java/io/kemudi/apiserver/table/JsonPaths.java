package io.kemudi.apiserver.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The JSONPath of printer columns, as kubectl's: `.spec.a`, `['a.b']`, `[0]`, `[-1]`, `[*]` and
/// `[?(@.type=="Ready")]`. Compiled once; a path that is none finds nothing.
final class JsonPaths {
  private static final Pattern STEP =
      Pattern.compile(
          "\\.([^.\\[]+)|\\['((?:[^'\\\\]|\\\\.)*)'\\]|\\[(\\*|-?\\d{1,9})\\]"
              + "|\\[\\?\\(@((?:\\.[^=!<>\\s]+)?)\\s*(==|!=)\\s*([\"'])(.*?)\\6\\s*\\)\\]");

  @FunctionalInterface
  private interface Step {
    void apply(@Nullable Object value, List<@Nullable Object> found);
  }

  private final List<Step> steps = new ArrayList<>();

  private JsonPaths() {}

  static JsonPaths compile(String path) {
    JsonPaths compiled = new JsonPaths();
    Matcher matcher = STEP.matcher(path);
    int end = 0;
    while (matcher.lookingAt()) {
      compiled.steps.add(step(matcher));
      end = matcher.end();
      matcher.region(end, path.length());
    }
    if (end < path.length()) {
      compiled.steps.add((value, found) -> {});
    }
    return compiled;
  }

  private static Step step(Matcher matcher) {
    if (matcher.group(1) != null) {
      return field(matcher.group(1).replace("\\", ""));
    }
    if (matcher.group(2) != null) {
      return field(matcher.group(2).replace("\\", ""));
    }
    if (matcher.group(3) != null) {
      return matcher.group(3).equals("*")
          ? JsonPaths::all
          : index(Integer.parseInt(matcher.group(3)));
    }
    JsonPaths inner = compile(Objects.requireNonNull(matcher.group(4)));
    boolean equal = "==".equals(matcher.group(5));
    String wanted = Objects.requireNonNull(matcher.group(7));
    return filter(
        each -> inner.find(each).stream().anyMatch(v -> String.valueOf(v).equals(wanted)) == equal);
  }

  private static Step field(String name) {
    return (value, found) -> {
      if (value instanceof Map<?, ?> map && map.containsKey(name)) {
        found.add(map.get(name));
      }
    };
  }

  private static Step index(int index) {
    return (value, found) -> {
      if (value instanceof List<?> list) {
        int at = index < 0 ? list.size() + index : index;
        if (at >= 0 && at < list.size()) {
          found.add(list.get(at));
        }
      }
    };
  }

  private static void all(@Nullable Object value, List<@Nullable Object> found) {
    if (value instanceof List<?> list) {
      found.addAll(list);
    } else if (value instanceof Map<?, ?> map) {
      found.addAll(map.values());
    }
  }

  private static Step filter(Predicate<@Nullable Object> test) {
    return (value, found) -> {
      if (value instanceof List<?> list) {
        list.stream().filter(test).forEach(found::add);
      }
    };
  }

  /// Everything that the path leads to.
  List<@Nullable Object> find(@Nullable Object tree) {
    List<@Nullable Object> at = new ArrayList<>();
    at.add(tree);
    for (Step step : steps) {
      List<@Nullable Object> next = new ArrayList<>();
      for (Object value : at) {
        step.apply(value, next);
      }
      at = next;
    }
    return at;
  }
}
