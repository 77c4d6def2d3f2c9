package io.kemudi.apimachinery.kinds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Defaults that are constants, said as lines and compiled once:
///
/// ```
/// spec.replicas=1                      where there is a spec
/// spec+.updateStrategy+.type=Recreate  makes spec and updateStrategy where they are missing
/// webhooks[].timeoutSeconds=10         in every element
/// spec.limit?=8                        also in place of zero
/// ```
///
/// A text also replaces an empty one, for the API has no other way to leave a text out.
final class ConstantDefaults {
  private record Step(String field, boolean each, boolean make) {}

  private record Default(List<Step> steps, String field, Object value, boolean replacesZero) {}

  private final List<Default> defaults = new ArrayList<>();

  ConstantDefaults(String... lines) {
    for (String line : lines) {
      defaults.add(parse(line));
    }
  }

  void apply(Map<String, @Nullable Object> tree) {
    for (Default one : defaults) {
      apply(one, 0, tree);
    }
  }

  private static void apply(Default one, int at, Map<String, @Nullable Object> tree) {
    if (at == one.steps.size()) {
      set(one, tree);
      return;
    }
    Step step = one.steps.get(at);
    if (step.each) {
      for (Map<String, @Nullable Object> element : Tree.maps(tree, step.field)) {
        apply(one, at + 1, element);
      }
    } else {
      Map<String, @Nullable Object> child =
          step.make ? Tree.made(tree, step.field) : Tree.map(tree, step.field);
      if (child != null) {
        apply(one, at + 1, child);
      }
    }
  }

  private static void set(Default one, Map<String, @Nullable Object> tree) {
    Object now = tree.get(one.field);
    boolean missing =
        now == null
            || one.value instanceof String && "".equals(now)
            || one.replacesZero && now instanceof Number number && number.longValue() == 0;
    if (missing) {
      // An empty object must not be shared between objects that may be changed.
      tree.put(one.field, one.value instanceof Map<?, ?> ? new LinkedHashMap<>() : one.value);
    }
  }

  private static Default parse(String line) {
    int equals = line.indexOf('=');
    boolean replacesZero = line.charAt(equals - 1) == '?';
    String[] path = line.substring(0, replacesZero ? equals - 1 : equals).split("\\.");
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < path.length - 1; i++) {
      String field = path[i];
      boolean each = field.endsWith("[]");
      boolean make = field.endsWith("+");
      int end = field.length() - (each ? 2 : make ? 1 : 0);
      steps.add(new Step(field.substring(0, end), each, make));
    }
    String value = line.substring(equals + 1);
    return new Default(List.copyOf(steps), path[path.length - 1], value(value), replacesZero);
  }

  private static Object value(String text) {
    return switch (text) {
      case "{}" -> Map.of();
      case "true" -> true;
      case "false" -> false;
      case "\"\"" -> "";
      default -> {
        if (text.startsWith("'")) {
          yield text.substring(1);
        }
        yield Character.isDigit(text.charAt(0)) ? (Object) Long.valueOf(text) : text;
      }
    };
  }
}
