package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// `status.conditions` in tree form.
final class Conditions {
  private Conditions() {}

  /// Puts a condition in the place of the one of its type, or at the end. The time of its last
  /// transition is `now`, unless it was in that status before. Answers whether anything changed.
  static boolean set(
      Map<String, @Nullable Object> status, Map<String, @Nullable Object> condition, String now) {
    List<@Nullable Object> list = Trees.listOrNull(status.get("conditions"));
    List<@Nullable Object> conditions = list == null ? new ArrayList<>() : new ArrayList<>(list);
    int at = 0;
    while (at < conditions.size()
        && !Objects.equals(condition.get("type"), Trees.at(conditions.get(at), "type"))) {
      at++;
    }
    condition.put("lastTransitionTime", now);
    if (at == conditions.size()) {
      conditions.add(condition);
    } else {
      Map<String, @Nullable Object> known = Trees.object(conditions.get(at), "conditions");
      if (Objects.equals(condition.get("status"), known.get("status"))) {
        condition.put("lastTransitionTime", known.get("lastTransitionTime"));
      }
      boolean same =
          condition.entrySet().stream()
              .allMatch(one -> Objects.equals(one.getValue(), known.get(one.getKey())));
      if (same) {
        return false;
      }
      conditions.set(at, condition);
    }
    status.put("conditions", conditions);
    return true;
  }
}
