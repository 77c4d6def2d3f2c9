package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A pod outlives the failure of its node for five minutes, unless it says otherwise.
final class DefaultTolerationSeconds implements AdmissionPlugin {
  private static final long SECONDS = 300;

  @Override
  public String name() {
    return "DefaultTolerationSeconds";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (!request.isCreateOf("", "pods") && !request.isUpdateOf("", "pods")) {
      return;
    }
    Map<String, @Nullable Object> spec = Trees.child(request.object(), "spec");
    List<@Nullable Object> tolerations = new ArrayList<>();
    if (spec.get("tolerations") instanceof List<?> list) {
      tolerations.addAll(list);
    }
    boolean added = add(tolerations, "node.kubernetes.io/not-ready");
    added |= add(tolerations, "node.kubernetes.io/unreachable");
    if (added) {
      spec.put("tolerations", tolerations);
    }
  }

  private static boolean add(List<@Nullable Object> tolerations, String taint) {
    for (Object each : tolerations) {
      Object key = Trees.at(each, "key");
      Object effect = Trees.at(each, "effect");
      boolean covers = key == null || key.equals("") || key.equals(taint);
      if (covers && (effect == null || effect.equals("") || effect.equals("NoExecute"))) {
        return false;
      }
    }
    Map<String, Object> toleration = new LinkedHashMap<>();
    toleration.put("key", taint);
    toleration.put("operator", "Exists");
    toleration.put("effect", "NoExecute");
    toleration.put("tolerationSeconds", SECONDS);
    tolerations.add(toleration);
    return true;
  }
}
