package io.kemudi.nodeagent.agent;

import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.Runtime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Notices what changes in the runtime without anyone having asked for it, by comparing one list
/// with the next, and tells whose pod it was. One thread.
final class RuntimeWatch {
  private final Runtime runtime;
  private final Map<String, String> labels;
  private final Consumer<String> changed;
  private Map<String, Set<String>> before = Map.of(); // uid -> "id state" of all it has

  RuntimeWatch(Runtime runtime, String node, Consumer<String> changed) {
    this.runtime = runtime;
    this.labels = Labels.ofNode(node);
    this.changed = changed;
  }

  /// Looks once. Returns the uids of all pods that the runtime has anything of.
  Set<String> step() {
    var now = new HashMap<String, Set<String>>();
    for (PodSandbox sandbox : runtime.listPodSandbox(labels)) {
      add(now, sandbox.getLabelsMap(), sandbox.getId() + " " + sandbox.getState());
    }
    for (Container container : runtime.listContainers(labels)) {
      add(now, container.getLabelsMap(), container.getId() + " " + container.getState());
    }
    var uids = new HashSet<>(now.keySet());
    uids.addAll(before.keySet());
    for (String uid : uids) {
      if (!now.getOrDefault(uid, Set.of()).equals(before.getOrDefault(uid, Set.of()))) {
        changed.accept(uid);
      }
    }
    before = now;
    return now.keySet();
  }

  private static void add(Map<String, Set<String>> map, Map<String, String> labels, String what) {
    map.computeIfAbsent(labels.getOrDefault(Labels.POD_UID, ""), _ -> new TreeSet<>()).add(what);
  }
}
