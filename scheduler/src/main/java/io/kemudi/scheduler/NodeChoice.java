package io.kemudi.scheduler;

import com.google.protobuf.ByteString;
import io.kemudi.scheduler.framework.Diagnosis;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterPlugin.PreFilter;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.Plugins;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ScorePlugin.Normalize;
import io.kemudi.scheduler.framework.ScorePlugin.PreScore;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Chooses the best node for a pod: filters, scores, highest sum; among equals by lot. Looks at
/// every node, and yet costs little: answers that concern one node alone are kept per shape of pod.
///
/// Changes nothing; used by the scheduling thread only.
final class NodeChoice {
  /// Shapes whose answers are kept. About 50 bytes per node and shape.
  private static final int SHAPES = 128;

  private final Plugins plugins;
  private final List<FilterPlugin> filterPlugins;
  private final Snapshot nodes;
  private final RandomGenerator random;
  private final LinkedHashMap<ByteString, ShapeAnswers> shapes =
      new LinkedHashMap<>(16, 0.75f, true);

  // Scratch space, by position among the candidates.
  private int[] candidates = new int[64];
  private long[] totals = new long[64];

  sealed interface Decision {
    record Chosen(String node) implements Decision {}

    record Refused(Diagnosis diagnosis) implements Decision {}
  }

  /// The plugins' first look at a pod, sorted by what their answers depend on.
  private record Asked(
      List<ShapeAnswers.NamedFilter> ofNode,
      List<ShapeAnswers.NamedFilter> ofCluster,
      @Nullable Set<String> onlyNames,
      Set<String> onlyBy) {}

  NodeChoice(Plugins plugins, Snapshot nodes, RandomGenerator random) {
    this.plugins = plugins;
    this.filterPlugins = plugins.at(FilterPlugin.class);
    this.nodes = nodes;
    this.random = random;
  }

  Decision choose(PodInfo pod) {
    var diagnosis = new Diagnosis(nodes.nodeCount());
    Asked asked = ask(pod, diagnosis);
    if (asked == null) {
      return new Decision.Refused(diagnosis);
    }
    boolean few = asked.onlyNames() != null;
    ShapeAnswers answers = few ? newAnswers(pod, asked) : answersFor(pod, asked);
    if (!few) {
      answers.refresh();
    }
    int found = few ? filterFew(asked, diagnosis) : filterAll(answers, asked);
    if (found == 0) {
      if (!few) {
        explain(answers, asked, diagnosis);
      }
      return new Decision.Refused(diagnosis);
    }
    if (few && found > 1) {
      answers.refresh();
    }
    int best = found == 1 ? candidates[0] : best(pod, answers, found);
    return new Decision.Chosen(nodes.name(best));
  }

  /// Whether the pod would fit this row as the snapshot is now; for "what if".
  boolean fits(PodInfo pod, int row) {
    Asked asked = ask(pod, new Diagnosis(0));
    return asked != null
        && (asked.onlyNames() == null || asked.onlyNames().contains(nodes.name(row)))
        && refusal(asked.ofNode(), row) == null
        && refusal(asked.ofCluster(), row) == null;
  }

  /// The PreFilter moment; null when a plugin refuses the pod as a whole.
  private @Nullable Asked ask(PodInfo pod, Diagnosis diagnosis) {
    List<ShapeAnswers.NamedFilter> ofNode = new ArrayList<>();
    List<ShapeAnswers.NamedFilter> ofCluster = new ArrayList<>();
    Set<String> onlyNames = null;
    Set<String> onlyBy = new TreeSet<>();
    for (FilterPlugin plugin : filterPlugins) {
      String name = plugin.name();
      switch (plugin.preFilter(pod, nodes)) {
        case PreFilter.Skip() -> {}
        case PreFilter.Refused(FilterResult result) -> {
          diagnosis.refusedAll(name, result);
          return null;
        }
        case PreFilter.OfNode(FilterPlugin.NodeFilter filter) ->
            ofNode.add(new ShapeAnswers.NamedFilter(name, filter));
        case PreFilter.OfSomeNodes(Set<String> names, FilterPlugin.NodeFilter filter) -> {
          ofNode.add(new ShapeAnswers.NamedFilter(name, filter));
          onlyNames = intersection(onlyNames, names);
          onlyBy.add(name);
        }
        case PreFilter.OfCluster(FilterPlugin.NodeFilter filter) ->
            ofCluster.add(new ShapeAnswers.NamedFilter(name, filter));
      }
    }
    return new Asked(ofNode, ofCluster, onlyNames, onlyBy);
  }

  private static Set<String> intersection(@Nullable Set<String> known, Set<String> more) {
    Set<String> both = new TreeSet<>(more);
    if (known != null) {
      both.retainAll(known);
    }
    return both;
  }

  private ShapeAnswers answersFor(PodInfo pod, Asked asked) {
    ShapeAnswers known = shapes.get(pod.shape());
    if (known != null) {
      return known;
    }
    ShapeAnswers answers = newAnswers(pod, asked);
    if (shapes.size() >= SHAPES) {
      shapes.remove(shapes.firstEntry().getKey());
    }
    shapes.put(pod.shape(), answers);
    return answers;
  }

  private ShapeAnswers newAnswers(PodInfo pod, Asked asked) {
    var answers = new ShapeAnswers(nodes);
    asked.ofNode().forEach(filter -> answers.add(filter.plugin(), filter.filter()));
    for (Plugins.Weighted weighted : plugins.scores()) {
      if (weighted.plugin().preScore(pod, nodes)
          instanceof PreScore.OfNode(var score, Normalize normalize)) {
        answers.add(score, normalize, weighted.weight());
      }
    }
    return answers;
  }

  private int filterAll(ShapeAnswers answers, Asked asked) {
    ensureScratch();
    int found = 0;
    for (int row = 0; row < nodes.rows(); row++) {
      if (answers.fits(row) && refusal(asked.ofCluster(), row) == null) {
        candidates[found++] = row;
      }
    }
    return found;
  }

  private int filterFew(Asked asked, Diagnosis diagnosis) {
    ensureScratch();
    int found = 0;
    int seen = 0;
    for (String name : asked.onlyNames() == null ? Set.<String>of() : asked.onlyNames()) {
      int row = nodes.row(name);
      if (row >= 0) {
        seen++;
        found += admit(row, found, asked, diagnosis) ? 1 : 0;
      }
    }
    diagnosis.addUnseen(
        nodes.nodeCount() - seen,
        String.join(" ", asked.onlyBy()),
        "node(s) didn't satisfy plugin(s) " + asked.onlyBy().toString().replace(", ", " "));
    return found;
  }

  private boolean admit(int row, int at, Asked asked, Diagnosis diagnosis) {
    Refusal refusal = refusal(asked.ofNode(), row);
    refusal = refusal == null ? refusal(asked.ofCluster(), row) : refusal;
    if (refusal != null) {
      diagnosis.add(row, refusal.plugin(), refusal.result());
      return false;
    }
    candidates[at] = row;
    return true;
  }

  private record Refusal(String plugin, FilterResult result) {}

  private static @Nullable Refusal refusal(List<ShapeAnswers.NamedFilter> filters, int row) {
    for (int i = 0; i < filters.size(); i++) {
      FilterResult result = filters.get(i).filter().filter(row);
      if (result != FilterResult.FITS) {
        return new Refusal(filters.get(i).plugin(), result);
      }
    }
    return null;
  }

  private void ensureScratch() {
    if (candidates.length < nodes.rows()) {
      candidates = new int[nodes.rows() * 5 / 4];
      totals = new long[candidates.length];
    }
  }

  /// Only now, because most pods find a node and nobody asks.
  private void explain(ShapeAnswers answers, Asked asked, Diagnosis diagnosis) {
    for (int row = 0; row < nodes.rows(); row++) {
      if (!nodes.present(row)) {
        continue;
      }
      if (!answers.fits(row)) {
        diagnosis.add(row, answers.refuser(row), answers.refusal(row));
        continue;
      }
      Refusal refusal = refusal(asked.ofCluster(), row);
      if (refusal != null) {
        diagnosis.add(row, refusal.plugin(), refusal.result());
      }
    }
  }

  private int best(PodInfo pod, ShapeAnswers answers, int found) {
    for (int i = 0; i < found; i++) {
      totals[i] = answers.score(candidates[i]);
    }
    for (ShapeAnswers.Relative one : answers.relative()) {
      if (one.nonZero > 0) {
        addNormalized(row -> one.raw[row], one.normalize, one.weight, found);
      }
    }
    for (Plugins.Weighted weighted : plugins.scores()) {
      if (weighted.plugin().preScore(pod, nodes)
          instanceof PreScore.OfCluster(var score, Normalize normalize)) {
        addNormalized(score::score, normalize, weighted.weight(), found);
      }
    }
    return candidates[highest(found)];
  }

  private void addNormalized(
      java.util.function.IntToLongFunction score, Normalize normalize, int weight, int found) {
    long[] raw = new long[found];
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < found; i++) {
      raw[i] = score.applyAsLong(candidates[i]);
      min = Math.min(min, raw[i]);
      max = Math.max(max, raw[i]);
    }
    for (int i = 0; i < found; i++) {
      totals[i] += weight * normalize.normalize(raw[i], min, max);
    }
  }

  private int highest(int found) {
    long best = Long.MIN_VALUE;
    int equals = 0;
    for (int i = 0; i < found; i++) {
      if (totals[i] > best) {
        best = totals[i];
        equals = 1;
      } else if (totals[i] == best) {
        equals++;
      }
    }
    int skip = equals == 1 ? 0 : random.nextInt(equals);
    for (int i = 0; i < found; i++) {
      if (totals[i] == best && skip-- == 0) {
        return i;
      }
    }
    throw new AssertionError("no candidate has the highest total");
  }
}
