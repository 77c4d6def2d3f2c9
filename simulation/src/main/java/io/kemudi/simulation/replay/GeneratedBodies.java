package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes the bodies that were too large to be recorded and are described instead.
final class GeneratedBodies {
  /// Such as `Secret s with stringData {"a": 1048577 times "x"}`.
  private static final Pattern OBJECT =
      Pattern.compile("(\\w+) (\\w+) with ([\\w.]+) \\{\"(\\w+)\": (\\d+) times \"(.)\"}.*");

  private static final Pattern JSON_PATCH =
      Pattern.compile("a JSON patch of (\\d+) test operations");
  private static final Pattern MERGE_PATCH =
      Pattern.compile("merge patch setting ([\\w.]+) to (\\d+) times \"(.)\"");

  /// Far above the largest request that a server takes.
  private static final int LIMIT = 16 << 20;

  private GeneratedBodies() {}

  /// Empty when the description is of none of the known forms.
  static Optional<byte[]> of(String description) {
    Matcher object = OBJECT.matcher(description);
    if (object.matches()) {
      String value = repeat(object.group(6), object.group(5));
      return Optional.of(
          Json.write(
              object(object.group(1), object.group(2), object.group(3), object.group(4), value)));
    }
    Matcher merge = MERGE_PATCH.matcher(description);
    if (merge.matches()) {
      return Optional.of(
          Json.write(nested(merge.group(1), repeat(merge.group(3), merge.group(2)))));
    }
    Matcher patch = JSON_PATCH.matcher(description);
    if (patch.matches()) {
      Map<String, ?> test = Map.of("op", "test", "path", "/data/a", "value", "1");
      return Optional.of(
          Json.write(Collections.nCopies(Math.min(LIMIT, Integer.parseInt(patch.group(1))), test)));
    }
    return Optional.empty();
  }

  private static Map<String, ?> object(
      String kind, String name, String field, String key, String value) {
    boolean pod = kind.equals("pod");
    var tree = new LinkedHashMap<String, Object>();
    tree.put("apiVersion", "v1");
    tree.put("kind", pod ? "Pod" : kind);
    var metadata = new LinkedHashMap<String, Object>(Map.of("name", name));
    tree.put("metadata", metadata);
    if (field.startsWith("metadata.")) {
      metadata.put(field.substring("metadata.".length()), Map.of(key, value));
    } else {
      tree.putAll(nested(field, Map.of(key, value)));
    }
    if (pod) {
      tree.put("spec", Map.of("containers", List.of(Map.of("name", "c", "image", "i"))));
    }
    return tree;
  }

  private static Map<String, ?> nested(String path, Object value) {
    Object tree = value;
    for (String step : List.of(path.split("\\.")).reversed()) {
      tree = Map.of(step, tree);
    }
    @SuppressWarnings("unchecked")
    var map = (Map<String, ?>) tree;
    return map;
  }

  private static String repeat(String text, String times) {
    return text.repeat(Math.min(LIMIT, Integer.parseInt(times)));
  }
}
