package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.kubernetes.core.v1.LimitRange;
import io.kemudi.kubernetes.core.v1.LimitRangeItem;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.quantity.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Gives the containers of new (and resized) pods what the namespace's limit ranges say where the
/// pod says nothing, and holds pods and claims to minimum, maximum and ratio.
final class LimitRanger implements AdmissionPlugin {
  private static final String ANNOTATION = "kubernetes.io/limit-ranger";
  private static final String RANGES = "limitranges";

  private final ObjectReader objects;

  LimitRanger(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "LimitRanger";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (!isPod(request)) {
      return;
    }
    for (LimitRange range : ranges(request)) {
      fill(request.object(), range);
    }
  }

  @Override
  public void validate(AdmissionRequest request) {
    boolean pod = isPod(request);
    if (!pod && !isClaim(request)) {
      return;
    }
    for (LimitRange range : ranges(request)) {
      Set<String> broken = new LinkedHashSet<>();
      for (LimitRangeItem limit : range.getSpec().getLimitsList()) {
        broken.addAll(
            pod
                ? LimitRules.ofPod(limit, Messages.pod(request.object()).getSpec())
                : LimitRules.ofClaim(limit, claim(request)));
      }
      if (!broken.isEmpty()) {
        throw request.forbidden(
            broken.size() == 1 ? broken.iterator().next() : "[" + String.join(", ", broken) + "]");
      }
    }
  }

  /// Containers come with the pod and change only in a resize. What is being deleted is let go.
  private static boolean isPod(AdmissionRequest request) {
    boolean resize =
        request.operation() == Operation.UPDATE
            && request.isOf("", "pods")
            && request.target().subresource().equals("resize");
    return (request.isCreateOf("", "pods") || resize) && !Meta.isDeleting(request.object());
  }

  private static boolean isClaim(AdmissionRequest request) {
    return (request.isCreateOf("", "persistentvolumeclaims")
            || request.isUpdateOf("", "persistentvolumeclaims"))
        && !Meta.isDeleting(request.object());
  }

  private static PersistentVolumeClaim claim(AdmissionRequest request) {
    return Messages.of(
        "core.v1.PersistentVolumeClaim", PersistentVolumeClaim.parser(), request.object());
  }

  /// In the order of their names, so that the same pod always meets the same one first.
  private List<LimitRange> ranges(AdmissionRequest request) {
    return objects.in(RANGES, request.target().namespace(), LimitRange.parser());
  }

  private static void fill(Map<String, @Nullable Object> pod, LimitRange range) {
    Map<String, String> requests = new TreeMap<>();
    Map<String, String> limits = new TreeMap<>();
    for (LimitRangeItem limit : range.getSpec().getLimitsList()) {
      if (limit.getType().equals("Container")) {
        limit.getDefaultRequestMap().forEach((name, q) -> requests.put(name, text(q)));
        limit.getDefaultMap().forEach((name, q) -> limits.put(name, text(q)));
      }
    }
    if (requests.isEmpty() && limits.isEmpty()) {
      return;
    }
    List<String> notes = new ArrayList<>();
    Map<String, @Nullable Object> spec = Trees.child(pod, "spec");
    for (Map.Entry<String, String> list :
        List.of(
            Map.entry("containers", "container"), Map.entry("initContainers", "init container"))) {
      if (spec.get(list.getKey()) instanceof List<?> containers) {
        for (Object container : containers) {
          Map<String, @Nullable Object> tree = Trees.object(container, list.getKey());
          String what = list.getValue() + " " + Trees.string(tree, "name");
          note(notes, fill(tree, "requests", requests), " request for " + what);
          note(notes, fill(tree, "limits", limits), " limit for " + what);
        }
      }
    }
    if (!notes.isEmpty()) {
      Trees.child(Meta.of(pod), "annotations")
          .put(ANNOTATION, "LimitRanger plugin set: " + String.join("; ", notes));
    }
  }

  private static String text(Quantity quantity) {
    return quantity.getString();
  }

  private static void note(List<String> notes, Set<String> set, String what) {
    if (!set.isEmpty()) {
      notes.add(String.join(", ", set) + what);
    }
  }

  /// Answers the names that were missing.
  private static Set<String> fill(
      Map<String, @Nullable Object> container, String field, Map<String, String> defaults) {
    Set<String> set = new TreeSet<>();
    for (Map.Entry<String, String> each : defaults.entrySet()) {
      Map<String, @Nullable Object> known = Trees.child(Trees.child(container, "resources"), field);
      if (known.putIfAbsent(each.getKey(), each.getValue()) == null) {
        set.add(each.getKey());
      }
    }
    return set;
  }
}
