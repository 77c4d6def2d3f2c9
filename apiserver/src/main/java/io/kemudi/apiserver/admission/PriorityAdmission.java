package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.StoredObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gives a pod the number behind the name of its priority class, or the default class's.
final class PriorityAdmission implements AdmissionPlugin {
  private static final String CLASSES = "priorityclasses.scheduling.k8s.io";
  private static final String DEFAULT_PREEMPTION = "PreemptLowerPriority";

  private final ObjectReader objects;

  PriorityAdmission(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "Priority";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (!request.isCreateOf("", "pods")) {
      return;
    }
    Map<String, @Nullable Object> spec = Trees.child(request.object(), "spec");
    Map<String, @Nullable Object> chosen = chosen(request, spec);
    long priority = chosen != null && chosen.get("value") instanceof Long value ? value : 0;
    Object asked = spec.get("priority");
    if (asked instanceof Long number && number != priority) {
      throw request.forbidden(
          "the integer value of priority ("
              + number
              + ") must not be provided in pod spec; priority admission controller computed "
              + priority
              + " from the given PriorityClass name");
    }
    spec.put("priority", priority);
    Object policy = chosen == null ? null : chosen.get("preemptionPolicy");
    String wanted = policy instanceof String text ? text : DEFAULT_PREEMPTION;
    Object askedPolicy = spec.get("preemptionPolicy");
    if (askedPolicy != null && !askedPolicy.equals(wanted)) {
      throw request.forbidden(
          "the string value of PreemptionPolicy ("
              + askedPolicy
              + ") must not be provided in pod spec; priority admission controller computed "
              + wanted
              + " from the given PriorityClass name");
    }
    spec.put("preemptionPolicy", wanted);
  }

  @Override
  public void validate(AdmissionRequest request) {
    boolean written =
        request.isCreateOf("scheduling.k8s.io", "priorityclasses")
            || request.isUpdateOf("scheduling.k8s.io", "priorityclasses");
    if (!written || !Boolean.TRUE.equals(request.object().get("globalDefault"))) {
      return;
    }
    Map<String, @Nullable Object> known = defaultClass();
    if (known != null && !Meta.name(known).equals(request.target().name())) {
      throw request.forbidden(
          "PriorityClass "
              + Meta.name(known)
              + " is already marked as default. Only one default can exist");
    }
  }

  private @Nullable Map<String, @Nullable Object> chosen(
      AdmissionRequest request, Map<String, @Nullable Object> spec) {
    String name = Trees.string(spec, "priorityClassName");
    if (name.isEmpty()) {
      Map<String, @Nullable Object> byDefault = defaultClass();
      if (byDefault != null) {
        spec.put("priorityClassName", Meta.name(byDefault));
      }
      return byDefault;
    }
    Map<String, @Nullable Object> named = objects.cached(CLASSES, "", name);
    if (named == null) {
      named = objects.latest(CLASSES, "", name);
    }
    if (named == null) {
      throw request.forbidden("no PriorityClass with name " + name + " was found");
    }
    return named;
  }

  /// Of several default classes the one with the lowest value counts, as upstream has it.
  private @Nullable Map<String, @Nullable Object> defaultClass() {
    Map<String, @Nullable Object> lowest = null;
    for (StoredObject object : objects.all(CLASSES)) {
      Map<String, @Nullable Object> each = objects.tree(CLASSES, object);
      if (Boolean.TRUE.equals(each.get("globalDefault"))
          && (lowest == null || value(each) < value(lowest))) {
        lowest = each;
      }
    }
    return lowest;
  }

  private static long value(Map<String, @Nullable Object> priorityClass) {
    return priorityClass.get("value") instanceof Long value ? value : 0;
  }
}
