package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.quantity.QuantityFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a pod's requests and limits add up to: its quality of service, and the defaults of
/// resources that are said for the whole pod.
final class PodResources {
  private static final List<String> COMPUTE = List.of("cpu", "memory");

  private PodResources() {}

  /// `Guaranteed` where every container limits cpu and memory and requests as much, `BestEffort`
  /// where none requests or limits either, else `Burstable`. Resources of the whole pod come first.
  static String qosClass(Map<String, @Nullable Object> spec) {
    Map<String, @Nullable Object> ofPod = Tree.map(spec, "resources");
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    if (ofPod != null
        && (!amounts(ofPod, "requests").isEmpty() || !amounts(ofPod, "limits").isEmpty())) {
      all.add(ofPod);
    } else {
      for (String list : List.of("containers", "initContainers")) {
        for (Map<String, @Nullable Object> container : Tree.maps(spec, list)) {
          Map<String, @Nullable Object> resources = Tree.map(container, "resources");
          all.add(resources == null ? Map.of() : resources);
        }
      }
    }
    boolean any = false;
    boolean guaranteed = true;
    for (Map<String, @Nullable Object> resources : all) {
      Map<String, Quantity> requests = amounts(resources, "requests");
      Map<String, Quantity> limits = amounts(resources, "limits");
      any |= !requests.isEmpty() || !limits.isEmpty();
      for (String resource : COMPUTE) {
        Quantity limit = limits.get(resource);
        Quantity request = requests.get(resource);
        guaranteed &= limit != null && (request == null || request.equals(limit));
      }
    }
    return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
  }

  /// The pod requests what its containers request together, else what it is limited to.
  static void applyDefaults(
      Map<String, @Nullable Object> resources, Map<String, @Nullable Object> spec) {
    Map<String, @Nullable Object> present = Tree.map(resources, "requests");
    Map<String, @Nullable Object> requests = present == null ? new LinkedHashMap<>() : present;
    for (String resource : COMPUTE) {
      if (!requests.containsKey(resource)) {
        Quantity ofContainers = requestOfContainers(spec, resource);
        if (ofContainers != null) {
          requests.put(resource, ofContainers.toString());
        }
      }
    }
    Map<String, @Nullable Object> limits = Tree.map(resources, "limits");
    if (limits != null) {
      limits.forEach((resource, limit) -> {
        if (COMPUTE.contains(resource) || resource.startsWith("hugepages-")) {
          requests.putIfAbsent(resource, limit);
        }
      });
    }
    if (!requests.isEmpty()) {
      resources.put("requests", requests);
    }
  }

  /// Containers run together, plain init containers one after another beside the sidecars before
  /// them.
  private static @Nullable Quantity requestOfContainers(
      Map<String, @Nullable Object> spec, String resource) {
    Quantity sum = null;
    for (Map<String, @Nullable Object> container : Tree.maps(spec, "containers")) {
      sum = plus(sum, request(container, resource));
    }
    Quantity sidecars = null;
    Quantity peak = null;
    for (Map<String, @Nullable Object> container : Tree.maps(spec, "initContainers")) {
      Quantity own = request(container, resource);
      if (Tree.text(container, "restartPolicy").equals("Always")) {
        sum = plus(sum, own);
        sidecars = plus(sidecars, own);
        own = sidecars;
      } else {
        own = plus(sidecars, own);
      }
      peak = peak == null ? own : own == null ? peak : peak.max(own);
    }
    return sum == null ? peak : peak == null ? sum : sum.max(peak);
  }

  private static @Nullable Quantity plus(@Nullable Quantity left, @Nullable Quantity right) {
    return left == null ? right : right == null ? left : left.plus(right);
  }

  private static @Nullable Quantity request(
      Map<String, @Nullable Object> container, String resource) {
    Map<String, @Nullable Object> requests = Tree.map(container, "resources", "requests");
    return requests == null ? null : quantity(requests.get(resource));
  }

  /// The compute resources above zero.
  private static Map<String, Quantity> amounts(
      Map<String, @Nullable Object> resources, String field) {
    Map<String, Quantity> amounts = new TreeMap<>();
    Map<String, @Nullable Object> map = Tree.map(resources, field);
    if (map != null) {
      for (String resource : COMPUTE) {
        Quantity quantity = quantity(map.get(resource));
        if (quantity != null && quantity.signum() > 0) {
          amounts.put(resource, quantity);
        }
      }
    }
    return amounts;
  }

  private static @Nullable Quantity quantity(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    try {
      return Quantity.parse(value.toString());
    } catch (QuantityFormatException notAnAmount) {
      return null;
    }
  }
}
