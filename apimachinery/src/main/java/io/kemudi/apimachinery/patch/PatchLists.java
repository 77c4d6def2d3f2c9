package io.kemudi.apimachinery.patch;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Lists in a [StrategicMergePatch].
final class PatchLists {
  private PatchLists() {}

  /// Merges a list into one that is there: by key, as a set of plain values, or by replacing it, as
  /// the field says.
  static List<@Nullable Object> merge(
      List<@Nullable Object> original, List<@Nullable Object> patch, @Nullable FieldType field) {
    if (field == null || !field.patchMerge) {
      return added(patch, null);
    }
    boolean objects = sameKind(original, patch);
    if (!objects) {
      var both = new ArrayList<@Nullable Object>(original);
      patch.stream().filter(value -> !both.contains(value)).forEach(both::add);
      var distinct = new ArrayList<@Nullable Object>(both.stream().distinct().toList());
      return ordered(distinct, patch, original, "");
    }
    String key = field.patchMergeKey;
    if (key.isEmpty()) {
      throw StrategicMergePatch.failed(
          "cannot merge lists without merge key for field " + field.jsonName);
    }
    var known = new ArrayList<@Nullable Object>(original);
    List<@Nullable Object> change = directives(known, patch, key);
    for (Object item : change) {
      mergeElement(known, Trees.object(item, "element"), key, field.message());
    }
    return ordered(known, change, original, key);
  }

  /// Whether the elements are objects; all must be of one kind.
  private static boolean sameKind(List<@Nullable Object> original, List<@Nullable Object> patch) {
    long objects =
        original.stream().filter(Map.class::isInstance).count()
            + patch.stream().filter(Map.class::isInstance).count();
    if (objects != 0 && objects != original.size() + patch.size()) {
      throw StrategicMergePatch.failed(
          "list element types are not identical: ["
              + GoFormat.of(original)
              + " "
              + GoFormat.of(patch)
              + "]");
    }
    return objects != 0;
  }

  /// Does what the elements with `$patch` say and returns the others.
  private static List<@Nullable Object> directives(
      List<@Nullable Object> known, List<@Nullable Object> patch, String key) {
    var rest = new ArrayList<@Nullable Object>();
    boolean replace = false;
    for (Object item : patch) {
      Map<String, @Nullable Object> element = Trees.object(item, "element");
      if (!element.containsKey(StrategicMergePatch.PATCH)) {
        rest.add(element);
        continue;
      }
      switch (Trees.string(element, StrategicMergePatch.PATCH)) {
        case "delete" -> {
          Object value = element.get(key);
          if (value == null) {
            throw StrategicMergePatch.failed("delete patch type with no merge key defined");
          }
          known.removeIf(other -> Objects.equals(Trees.at(other, key), value));
        }
        case "replace" -> replace = true;
        case "merge" ->
            throw StrategicMergePatch.failed("merging lists cannot yet be specified in the patch");
        default -> throw StrategicMergePatch.unknownDirective(element);
      }
    }
    if (replace) {
      known.clear();
      known.addAll(rest);
      return List.of();
    }
    return rest;
  }

  private static void mergeElement(
      List<@Nullable Object> known,
      Map<String, @Nullable Object> change,
      String key,
      MessageType type) {
    if (!change.containsKey(key)) {
      throw StrategicMergePatch.failed(
          "map: " + GoFormat.of(change) + " does not contain declared merge key: " + key);
    }
    int at = indexOf(change, known, key);
    if (at < 0) {
      known.add(StrategicMergePatch.object(new LinkedHashMap<>(), change, type));
    } else {
      Map<String, @Nullable Object> before = Trees.object(known.get(at), "element");
      known.set(at, StrategicMergePatch.object(before, change, type));
    }
  }

  /// A list that was not there before: its directives have nothing to act on and are dropped.
  static List<@Nullable Object> added(List<@Nullable Object> patch, @Nullable MessageType type) {
    var list = new ArrayList<@Nullable Object>(patch.size());
    for (Object item : patch) {
      Map<String, @Nullable Object> element = Trees.objectOrNull(item);
      if (element == null) {
        list.add(item);
      } else if (!element.containsKey(StrategicMergePatch.PATCH)) {
        list.add(StrategicMergePatch.object(new LinkedHashMap<>(), element, type));
      }
    }
    return list;
  }

  /// Refuses a patch whose own elements stand in another order than `$setElementOrder` says.
  static void checkOrder(List<@Nullable Object> patch, List<@Nullable Object> order, String key) {
    if (order.isEmpty()) {
      return;
    }
    List<@Nullable Object> kept =
        patch.stream()
            .filter(item -> !"delete".equals(Trees.at(item, StrategicMergePatch.PATCH)))
            .toList();
    int matched = 0;
    for (int at = 0; matched < kept.size() && at < order.size(); at++) {
      if (same(kept.get(matched), order.get(at), key)) {
        matched++;
      }
    }
    if (matched < kept.size()) {
      throw orderMismatch(patch, order);
    }
  }

  private static ApiException orderMismatch(
      List<@Nullable Object> patch, List<@Nullable Object> order) {
    return StrategicMergePatch.failed(
        "The order in patch list:\n"
            + GoFormat.of(patch)
            + "\n doesn't match $setElementOrder list:\n"
            + GoFormat.of(order)
            + "\n");
  }

  /// The elements that `patchOrder` names in its order; the others in the server's, each as far
  /// ahead as it stood before its neighbours.
  static List<@Nullable Object> ordered(
      List<@Nullable Object> merged,
      List<@Nullable Object> patchOrder,
      List<@Nullable Object> serverOrder,
      String key) {
    var named = new ArrayList<@Nullable Object>();
    var others = new ArrayList<@Nullable Object>();
    for (Object item : merged) {
      (indexOf(item, patchOrder, key) >= 0 ? named : others).add(item);
    }
    named.sort((a, b) -> Integer.compare(indexOf(a, patchOrder, key), indexOf(b, patchOrder, key)));
    others.sort(
        (a, b) -> Integer.compare(indexOf(a, serverOrder, key), indexOf(b, serverOrder, key)));
    var result = new ArrayList<@Nullable Object>(merged.size());
    int other = 0;
    for (Object item : named) {
      int place = indexOf(item, serverOrder, key);
      while (other < others.size() && place >= 0) {
        int otherPlace = indexOf(others.get(other), serverOrder, key);
        if (otherPlace < 0 || otherPlace >= place) {
          break;
        }
        result.add(others.get(other++));
      }
      result.add(item);
    }
    result.addAll(others.subList(other, others.size()));
    return result;
  }

  private static int indexOf(@Nullable Object item, List<@Nullable Object> list, String key) {
    for (int i = 0; i < list.size(); i++) {
      if (same(item, list.get(i), key)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean same(@Nullable Object a, @Nullable Object b, String key) {
    return key.isEmpty()
        ? Objects.equals(a, b)
        : Objects.equals(Trees.at(a, key), Trees.at(b, key));
  }
}
