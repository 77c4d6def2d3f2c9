package io.kemudi.apimachinery.patch;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// JSON Patch (RFC 6902). Either all operations are done or the patch is refused; upstream says no
/// more of a refused one than that it was, and so does this.
public final class JsonPatch {
  /// Upstream's bound.
  public static final int MAX_OPERATIONS = 10_000;

  /// What `copy` may add in all, as JSON: an object is at most 1.5 MiB anyway.
  private static final int MAX_COPIED_BYTES = 3 << 20;

  private static final Set<String> KEYS = Set.of("op", "path", "from", "value");

  private final Map<String, @Nullable Object> root;
  private long copiedBytes;

  private JsonPatch(Map<String, @Nullable Object> root) {
    this.root = root;
  }

  /// The patched tree; neither argument is changed. Objects on the way to what is patched have
  /// their keys sorted: a refusal shows the patched object as upstream's library writes it.
  ///
  /// @throws ApiException BadRequest when the patch is not a list of operations, Invalid when one
  ///   of them cannot be done, RequestEntityTooLarge when there are too many
  public static Map<String, @Nullable Object> apply(
      Map<String, @Nullable Object> tree, @Nullable Object patch) {
    try {
      return applyOrTell(tree, patch);
    } catch (RefusedException e) {
      throw refusal();
    }
  }

  /// As [#apply], for those who may know what cannot be done: whoever wrote the webhook or the
  /// policy that the patch comes from.
  ///
  /// @throws RefusedException when an operation cannot be done
  public static Map<String, @Nullable Object> applyOrTell(
      Map<String, @Nullable Object> tree, @Nullable Object patch) {
    List<Map<String, @Nullable Object>> operations = operations(patch);
    var result = new JsonPatch(new TreeMap<>(Trees.copyObject(tree)));
    for (Map<String, @Nullable Object> operation : operations) {
      try {
        result.operate(operation);
      } catch (RefusedException e) {
        throw e.of(operation);
      }
    }
    return result.root;
  }

  /// An operation that cannot be done, in the words of upstream's library.
  public static final class RefusedException extends RuntimeException {
    private RefusedException(String message) {
      super(message, null, false, false);
    }

    public String text() {
      return String.valueOf(getMessage());
    }

    private RefusedException of(Map<String, @Nullable Object> operation) {
      String op = Trees.string(operation, "op");
      String path = Trees.string(operation, "path");
      if (!text().isEmpty()) {
        return this;
      }
      return new RefusedException(
          switch (op) {
            case "add", "remove" ->
                op
                    + " operation does not apply: doc is missing path: \""
                    + path
                    + "\": missing value";
            case "replace" ->
                "replace operation does not apply: doc is missing path: "
                    + path
                    + ": missing value";
            case "move", "copy" ->
                op
                    + " operation does not apply: doc is missing from path: "
                    + Trees.string(operation, "from")
                    + ": missing value";
            case "test" -> "testing value " + path + " failed: test failed";
            default -> "Unexpected kind: " + op;
          });
    }
  }

  /// `json patch unknown field "[0].foo"` for each key that no operation has: refused or warned of
  /// as other unknown fields are.
  public static List<String> problems(@Nullable Object patch) {
    var problems = new ArrayList<String>();
    List<Map<String, @Nullable Object>> operations = operations(patch);
    for (int i = 0; i < operations.size(); i++) {
      for (String key : operations.get(i).keySet()) {
        if (!KEYS.contains(key)) {
          problems.add("json patch unknown field \"[" + i + "]." + key + "\"");
        }
      }
    }
    return problems;
  }

  private static List<Map<String, @Nullable Object>> operations(@Nullable Object patch) {
    List<@Nullable Object> items = patch == null ? List.of() : Trees.listOrNull(patch);
    if (items == null) {
      throw ApiException.badRequest(
          "error decoding patch: got " + Trees.typeName(patch) + ", want a list of operations");
    }
    if (items.size() > MAX_OPERATIONS) {
      throw new ApiException(
          StatusReason.REQUEST_ENTITY_TOO_LARGE,
          "Request entity too large: The allowed maximum operations in a JSON patch is "
              + MAX_OPERATIONS
              + ", got "
              + items.size());
    }
    var operations = new ArrayList<Map<String, @Nullable Object>>(items.size());
    for (Object item : items) {
      Map<String, @Nullable Object> operation = Trees.objectOrNull(item);
      if (operation == null) {
        throw ApiException.badRequest(
            "error decoding patch: got " + Trees.typeName(item) + ", want an operation");
      }
      operations.add(operation);
    }
    return operations;
  }

  private static RefusedException refused() {
    return new RefusedException("");
  }

  private static ApiException refusal() {
    return new ApiException(
        StatusReason.INVALID,
        "the server rejected our request due to an error in our request",
        StatusDetails.of("", "", ""));
  }

  private void operate(Map<String, @Nullable Object> operation) {
    List<String> path = pointer(operation.get("path"));
    Object value = operation.get("value");
    switch (Trees.string(operation, "op")) {
      case "add" -> add(path, Trees.copy(value));
      case "remove" -> remove(path);
      case "replace" -> replace(path, Trees.copy(value));
      case "move" -> {
        List<String> from = pointer(operation.get("from"));
        Object moved = getOrNull(from);
        remove(from);
        add(path, moved);
      }
      case "copy" -> {
        Object copied = Trees.copy(getOrNull(pointer(operation.get("from"))));
        copiedBytes += Json.write(copied).length;
        if (copiedBytes > MAX_COPIED_BYTES) {
          throw new RefusedException(
              "copy operations add more than " + MAX_COPIED_BYTES + " bytes to the object");
        }
        add(path, copied);
      }
      case "test" -> {
        if (!Objects.equals(getOrNull(path), value)) {
          throw refused();
        }
      }
      default -> throw refused();
    }
  }

  /// The steps of a JSON pointer (RFC 6901). The root is none of the places that may be changed.
  private static List<String> pointer(@Nullable Object text) {
    if (!(text instanceof String path) || !path.startsWith("/")) {
      throw refused();
    }
    var steps = new ArrayList<String>();
    int start = 1;
    while (start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      steps.add(path.substring(start, end).replace("~1", "/").replace("~0", "~"));
      start = end + 1;
    }
    return steps;
  }

  private @Nullable Object get(List<String> path) {
    Object value = root;
    for (String step : path) {
      value = sorted(value, step, child(value, step));
    }
    return value;
  }

  /// Puts an object with sorted keys in the place of a child that is an object.
  private static @Nullable Object sorted(
      @Nullable Object parent, String step, @Nullable Object child) {
    Map<String, @Nullable Object> object = Trees.objectOrNull(child);
    if (object == null || object instanceof TreeMap) {
      return child;
    }
    Map<String, @Nullable Object> sorted = new TreeMap<>(object);
    Map<String, @Nullable Object> map = Trees.objectOrNull(parent);
    List<@Nullable Object> list = Trees.listOrNull(parent);
    if (map != null) {
      map.put(step, sorted);
    } else if (list != null) {
      list.set(index(step, list.size()), sorted);
    }
    return sorted;
  }

  /// Puts a value in the place of another; in an object, upstream lets it take an empty place too.
  private void replace(List<String> path, @Nullable Object value) {
    Object parent = get(path.subList(0, path.size() - 1));
    Map<String, @Nullable Object> map = Trees.objectOrNull(parent);
    List<@Nullable Object> list = Trees.listOrNull(parent);
    if (map != null) {
      map.put(path.getLast(), value);
    } else if (list != null) {
      list.set(index(path.getLast(), list.size()), value);
    } else {
      throw refused();
    }
  }

  /// As [#get(List)], with null for a last step that is missing.
  private @Nullable Object getOrNull(List<String> path) {
    Object parent = get(path.subList(0, path.size() - 1));
    Map<String, @Nullable Object> map = Trees.objectOrNull(parent);
    return map != null ? map.get(path.getLast()) : child(parent, path.getLast());
  }

  private static @Nullable Object child(@Nullable Object parent, String step) {
    Map<String, @Nullable Object> map = Trees.objectOrNull(parent);
    if (map != null) {
      if (!map.containsKey(step)) {
        throw refused();
      }
      return map.get(step);
    }
    List<@Nullable Object> list = Trees.listOrNull(parent);
    if (list == null) {
      throw refused();
    }
    return list.get(index(step, list.size()));
  }

  private void add(List<String> path, @Nullable Object value) {
    Object parent = get(path.subList(0, path.size() - 1));
    Map<String, @Nullable Object> map = Trees.objectOrNull(parent);
    List<@Nullable Object> list = Trees.listOrNull(parent);
    if (map != null) {
      map.put(path.getLast(), value);
    } else if (list != null) {
      boolean atEnd = path.getLast().equals("-");
      list.add(atEnd ? list.size() : index(path.getLast(), list.size() + 1), value);
    } else {
      throw refused();
    }
  }

  private void remove(List<String> path) {
    Object parent = get(path.subList(0, path.size() - 1));
    child(parent, path.getLast()); // there must be something
    Map<String, @Nullable Object> map = Trees.objectOrNull(parent);
    List<@Nullable Object> list = Trees.listOrNull(parent);
    if (map != null) {
      map.remove(path.getLast());
    } else if (list != null) {
      list.remove(index(path.getLast(), list.size()));
    }
  }

  /// An index below `size`; a negative one counts from the end, as upstream lets it.
  private static int index(String step, int size) {
    try {
      int index = Integer.parseInt(step);
      index = index < 0 ? index + size : index;
      return Objects.checkIndex(index, size);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw refused();
    }
  }
}
