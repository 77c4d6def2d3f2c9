package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A new node takes no pods until its controller has seen that it is ready.
final class TaintNodesByCondition implements AdmissionPlugin {
  private static final String NOT_READY = "node.kubernetes.io/not-ready";
  private static final String EFFECT = "NoSchedule";

  @Override
  public String name() {
    return "TaintNodesByCondition";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (!request.isCreateOf("", "nodes")) {
      return;
    }
    Map<String, @Nullable Object> spec = Trees.child(request.object(), "spec");
    List<@Nullable Object> taints = new ArrayList<>();
    if (spec.get("taints") instanceof List<?> list) {
      taints.addAll(list);
    }
    for (Object taint : taints) {
      if (NOT_READY.equals(Trees.at(taint, "key")) && EFFECT.equals(Trees.at(taint, "effect"))) {
        return;
      }
    }
    Map<String, Object> taint = new LinkedHashMap<>();
    taint.put("key", NOT_READY);
    taint.put("effect", EFFECT);
    taints.add(taint);
    spec.put("taints", taints);
  }
}
