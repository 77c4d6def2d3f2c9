package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apiserver.registry.ObjectReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A pod takes over from its runtime class what the runtime costs and where it can run.
final class RuntimeClassAdmission implements AdmissionPlugin {
  private static final String CLASSES = "runtimeclasses.node.k8s.io";

  private final ObjectReader objects;

  RuntimeClassAdmission(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "RuntimeClass";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (!request.isCreateOf("", "pods")) {
      return;
    }
    Map<String, @Nullable Object> runtimeClass = runtimeClass(request);
    if (runtimeClass == null) {
      return;
    }
    Map<String, @Nullable Object> spec = Trees.child(request.object(), "spec");
    Object overhead = Trees.at(runtimeClass, "overhead", "podFixed");
    if (runtimeClass.get("overhead") != null) {
      if (spec.get("overhead") != null && !same(spec.get("overhead"), overhead)) {
        throw mismatch(request);
      }
      if (overhead != null) {
        spec.put("overhead", Trees.copy(overhead));
      }
    }
    takeNodeSelector(request, spec, Trees.at(runtimeClass, "scheduling", "nodeSelector"));
    takeTolerations(spec, Trees.at(runtimeClass, "scheduling", "tolerations"));
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.isCreateOf("", "pods")) {
      return;
    }
    Map<String, @Nullable Object> runtimeClass = runtimeClass(request);
    Object wanted = Trees.at(request.object(), "spec", "overhead");
    if (runtimeClass != null && runtimeClass.get("overhead") != null) {
      if (!same(wanted, Trees.at(runtimeClass, "overhead", "podFixed"))) {
        throw mismatch(request);
      }
    } else if (wanted != null) {
      throw request.forbidden(
          "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
    }
  }

  private @Nullable Map<String, @Nullable Object> runtimeClass(AdmissionRequest request) {
    if (!(Trees.at(request.object(), "spec", "runtimeClassName") instanceof String name)) {
      return null;
    }
    Map<String, @Nullable Object> found = objects.cached(CLASSES, "", name);
    if (found == null) {
      found = objects.latest(CLASSES, "", name);
    }
    if (found == null) {
      throw request.forbidden("pod rejected: RuntimeClass \"" + name + "\" not found");
    }
    return found;
  }

  private static RuntimeException mismatch(AdmissionRequest request) {
    return request.forbidden(
        "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }

  private static boolean same(@Nullable Object a, @Nullable Object b) {
    return amounts(a).equals(amounts(b));
  }

  private static Map<String, Quantity> amounts(@Nullable Object tree) {
    Map<String, Quantity> amounts = new TreeMap<>();
    Map<String, @Nullable Object> map = Trees.objectOrNull(tree);
    if (map != null) {
      map.forEach((name, text) -> amounts.put(name, Quantity.parse(String.valueOf(text))));
    }
    return amounts;
  }

  private static void takeNodeSelector(
      AdmissionRequest request, Map<String, @Nullable Object> spec, @Nullable Object wanted) {
    Map<String, @Nullable Object> selector = Trees.objectOrNull(wanted);
    if (selector == null || selector.isEmpty()) {
      return;
    }
    Map<String, @Nullable Object> own = Trees.child(spec, "nodeSelector");
    new TreeMap<>(selector)
        .forEach((key, value) -> {
          Object known = own.putIfAbsent(key, value);
          if (known != null && !known.equals(value)) {
            throw request.forbidden(
                "conflict: runtimeClass.scheduling.nodeSelector["
                    + key
                    + "] = "
                    + value
                    + "; pod.spec.nodeSelector["
                    + key
                    + "] = "
                    + known);
          }
        });
  }

  /// Tolerations that another one of the list covers are left out.
  private static void takeTolerations(Map<String, @Nullable Object> spec, @Nullable Object wanted) {
    if (!(wanted instanceof List<?> more) || more.isEmpty()) {
      return;
    }
    List<@Nullable Object> all = new ArrayList<>();
    if (spec.get("tolerations") instanceof List<?> own) {
      all.addAll(own);
    }
    more.forEach(each -> all.add(Trees.copy(each)));
    List<@Nullable Object> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Object one = all.get(i);
      boolean covered = kept.stream().anyMatch(other -> covers(other, one));
      for (int j = i + 1; j < all.size() && !covered; j++) {
        covered = covers(all.get(j), one) && !Objects.equals(all.get(j), one);
      }
      if (!covered) {
        kept.add(one);
      }
    }
    spec.put("tolerations", kept);
  }

  /// Whether everything that `one` tolerates `other` tolerates too, and for as long.
  static boolean covers(@Nullable Object other, @Nullable Object one) {
    if (Objects.equals(other, one)) {
      return true;
    }
    String key = text(other, "key");
    if (!key.isEmpty() && !key.equals(text(one, "key"))) {
      return false;
    }
    String effect = text(other, "effect");
    if (!effect.isEmpty() && !effect.equals(text(one, "effect"))) {
      return false;
    }
    if (Trees.at(other, "tolerationSeconds") instanceof Long seconds
        && !(Trees.at(one, "tolerationSeconds") instanceof Long less && less <= seconds)) {
      return false;
    }
    return switch (text(other, "operator")) {
      case "", "Equal" ->
          !text(one, "operator").equals("Exists")
              && text(other, "value").equals(text(one, "value"))
              && !key.isEmpty();
      case "Exists" -> true;
      default -> false;
    };
  }

  private static String text(@Nullable Object tree, String field) {
    return Trees.at(tree, field) instanceof String text ? text : "";
  }
}
