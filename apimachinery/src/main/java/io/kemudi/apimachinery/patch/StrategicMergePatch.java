package io.kemudi.apimachinery.patch;

import io.kemudi.apimachinery.codec.DecoderTexts;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Kubernetes' own patch: as a merge patch, but lists whose field says so are merged by a key, or
/// as a set of plain values, and directives in the patch say what merging cannot. The directives:
///
/// - `$patch: replace` or `delete` in an object, or in an element of a list
/// - `$retainKeys: [...]`: other keys of this object go
/// - `$setElementOrder/LIST: [...]`: the order of the elements of a list beside it
/// - `$deleteFromPrimitiveList/LIST: [...]`: plain values to remove from a list beside it
public final class StrategicMergePatch {
  static final String PATCH = "$patch";
  private static final String RETAIN_KEYS = "$retainKeys";
  private static final String SET_ORDER = "$setElementOrder/";
  private static final String DELETE_VALUES = "$deleteFromPrimitiveList/";

  private StrategicMergePatch() {}

  /// The patched tree; neither argument is changed.
  ///
  /// @throws ApiException BadRequest when the patch is not an object, otherwise upstream's refusals
  ///   of ill-formed directives
  public static Map<String, @Nullable Object> apply(
      MessageType type, Map<String, @Nullable Object> tree, @Nullable Object patch) {
    Map<String, @Nullable Object> changes = patch == null ? Map.of() : Trees.objectOrNull(patch);
    if (changes == null) {
      throw ApiException.badRequest(DecoderTexts.noPatch(patch));
    }
    return object(Trees.copyObject(tree), Trees.copyObject(changes), type);
  }

  /// Merges into `original`, using up `patch`. A null type merges as a plain merge patch would.
  static Map<String, @Nullable Object> object(
      Map<String, @Nullable Object> original,
      Map<String, @Nullable Object> patch,
      @Nullable MessageType type) {
    if (patch.containsKey(PATCH)) {
      return directive(patch);
    }
    retainKeys(original, patch);
    setElementOrders(original, patch, type);
    patch.forEach((key, value) -> entry(original, key, value, type));
    return original;
  }

  private static Map<String, @Nullable Object> directive(Map<String, @Nullable Object> patch) {
    Object directive = patch.get(PATCH);
    if ("replace".equals(directive)) {
      patch.remove(PATCH);
      return patch;
    }
    if ("delete".equals(directive)) {
      return new LinkedHashMap<>();
    }
    throw unknownDirective(patch);
  }

  static ApiException unknownDirective(Map<String, @Nullable Object> patch) {
    return failed(
        "unknown patch type: " + GoFormat.of(patch.get(PATCH)) + " in map: " + GoFormat.of(patch));
  }

  /// Upstream answers these with 500 and no reason.
  static ApiException failed(String message) {
    return new ApiException(StatusReason.UNKNOWN, message);
  }

  private static void retainKeys(
      Map<String, @Nullable Object> original, Map<String, @Nullable Object> patch) {
    if (!patch.containsKey(RETAIN_KEYS)) {
      return;
    }
    List<@Nullable Object> retained = Trees.listOrNull(patch.remove(RETAIN_KEYS));
    if (retained == null) {
      throw badRetainKeys();
    }
    patch.forEach((key, value) -> {
      if (value != null && !isDirective(key) && !retained.contains(key)) {
        throw badRetainKeys();
      }
    });
    original.keySet().removeIf(key -> !retained.contains(key));
  }

  private static ApiException badRetainKeys() {
    return ApiException.badRequest("invalid patch format of retainKeys");
  }

  private static boolean isDirective(String key) {
    return key.startsWith(SET_ORDER) || key.startsWith(DELETE_VALUES);
  }

  /// Merges the lists that have an order given, and takes them out of the patch.
  private static void setElementOrders(
      Map<String, @Nullable Object> original,
      Map<String, @Nullable Object> patch,
      @Nullable MessageType type) {
    for (String directive : List.copyOf(patch.keySet())) {
      if (!directive.startsWith(SET_ORDER)) {
        continue;
      }
      String key = directive.substring(SET_ORDER.length());
      List<@Nullable Object> order = list(patch.remove(directive));
      List<@Nullable Object> before = original.get(key) == null ? null : list(original.get(key));
      List<@Nullable Object> change = patch.get(key) == null ? null : list(patch.get(key));
      FieldType field = type == null ? null : type.byJsonName(key);
      String mergeKey = field == null ? "" : field.patchMergeKey;
      if (change != null) {
        PatchLists.checkOrder(change, order, mergeKey);
      }
      List<@Nullable Object> merged;
      if (change == null) {
        merged = before;
      } else if (before == null) {
        merged = PatchLists.added(change, element(field));
      } else {
        merged = PatchLists.merge(before, change, field);
      }
      patch.remove(key);
      if (merged != null) {
        List<@Nullable Object> serverOrder = before == null ? List.of() : before;
        original.put(key, PatchLists.ordered(merged, order, serverOrder, mergeKey));
      }
    }
  }

  private static List<@Nullable Object> list(@Nullable Object value) {
    List<@Nullable Object> list = Trees.listOrNull(value);
    if (list == null) {
      throw failed("expected an array, but received " + Trees.typeName(value));
    }
    return list;
  }

  private static @Nullable MessageType element(@Nullable FieldType field) {
    return field != null && field.isMessage() ? field.message() : null;
  }

  private static void entry(
      Map<String, @Nullable Object> original,
      String key,
      @Nullable Object value,
      @Nullable MessageType type) {
    if (key.startsWith(DELETE_VALUES)) {
      String listKey = key.substring(DELETE_VALUES.length());
      List<@Nullable Object> before = Trees.listOrNull(original.get(listKey));
      if (before != null) {
        before.removeAll(list(value));
      }
      return;
    }
    if (value == null) {
      original.remove(key);
      return;
    }
    FieldType field = type == null ? null : type.byJsonName(key);
    Object before = original.get(key);
    Map<String, @Nullable Object> change = Trees.objectOrNull(value);
    Map<String, @Nullable Object> known = Trees.objectOrNull(before);
    if (change != null && known == null && change.containsKey(PATCH)) {
      original.remove(key); // a directive about nothing leaves nothing, its own values included
    } else if (change != null) {
      // A map field's values are of its element type, whatever their keys are.
      boolean isMap = field != null && field.isMap();
      MessageType inner = isMap ? null : element(field);
      original.put(key, object(known == null ? new LinkedHashMap<>() : known, change, inner));
    } else if (value instanceof List<?>) {
      List<@Nullable Object> knownList = Trees.listOrNull(before);
      original.put(
          key,
          knownList == null
              ? PatchLists.added(list(value), element(field))
              : PatchLists.merge(knownList, list(value), field));
    } else {
      original.put(key, value);
    }
  }
}
