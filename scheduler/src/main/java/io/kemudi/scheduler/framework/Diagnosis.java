package io.kemudi.scheduler.framework;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Why no node fits: every node with the first plugin that refused it. The sentence made of it adds
/// up: each node is counted once per reason of that plugin.
public final class Diagnosis {
  private final int nodeCount;
  private final Map<String, Integer> reasons = new TreeMap<>();
  private final Set<String> plugins = new TreeSet<>();
  private final List<Integer> resolvable = new ArrayList<>();
  private String ofPod = "";

  public Diagnosis(int nodeCount) {
    this.nodeCount = nodeCount;
  }

  /// A node was refused.
  public void add(int row, String plugin, FilterResult result) {
    plugins.add(plugin);
    switch (result) {
      case FilterResult.Fits() -> {}
      case FilterResult.Unschedulable(List<String> why) -> {
        why.forEach(reason -> reasons.merge(reason, 1, Integer::sum));
        resolvable.add(row);
      }
      case FilterResult.UnschedulableAndUnresolvable(List<String> why) ->
          why.forEach(reason -> reasons.merge(reason, 1, Integer::sum));
    }
  }

  /// `count` nodes were not looked at for `reason`.
  public void addUnseen(int count, String plugin, String reason) {
    if (count > 0) {
      plugins.add(plugin);
      reasons.merge(reason, count, Integer::sum);
    }
  }

  /// The pod was refused as a whole.
  public void refusedAll(String plugin, FilterResult result) {
    plugins.add(plugin);
    ofPod =
        switch (result) {
          case FilterResult.Fits() -> "";
          case FilterResult.Unschedulable(List<String> why) -> String.join(", ", why);
          case FilterResult.UnschedulableAndUnresolvable(List<String> why) ->
              String.join(", ", why);
        };
  }

  public int nodeCount() {
    return nodeCount;
  }

  /// Rows that were refused for reasons that taking pods away may lift.
  public List<Integer> resolvable() {
    return resolvable;
  }

  /// The plugins that refused, whose events may change the answer.
  public Set<String> plugins() {
    return plugins;
  }

  /// `0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.`
  public String message() {
    String begin = "0/" + nodeCount + " nodes are available:";
    if (!ofPod.isEmpty()) {
      return begin + " " + ofPod + ".";
    }
    List<String> counted = new ArrayList<>();
    reasons.forEach((reason, count) -> counted.add(count + " " + reason));
    Collections.sort(counted); // as text: upstream's order
    return counted.isEmpty() ? begin : begin + " " + String.join(", ", counted) + ".";
  }
}
