package io.kemudi.scheduler;

import io.kemudi.scheduler.framework.FilterPlugin.NodeFilter;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.ScorePlugin.NodeScore;
import io.kemudi.scheduler.framework.ScorePlugin.Normalize;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the plugins that look at one node alone say of every node, for pods of one shape. Worked
/// out once; afterwards only for the rows that changed since.
final class ShapeAnswers {
  private final Snapshot nodes;
  private final List<NamedFilter> filters = new ArrayList<>();
  private final List<WeightedScore> plain = new ArrayList<>();
  private final List<Relative> relative = new ArrayList<>();

  private long version = -1; // of the snapshot, as far as the answers are fresh
  // By row; a row without a node is refused too.
  private @Nullable FilterResult[] refusals = new @Nullable FilterResult[0];
  private int[] refusers = new int[0]; // number in `filters`
  private long[] scores = new long[0]; // the weighted sum of the plain scores

  record NamedFilter(String plugin, NodeFilter filter) {}

  record WeightedScore(NodeScore score, int weight) {}

  /// A score that counts only in relation to those of the other candidates.
  static final class Relative {
    final NodeScore score;
    final Normalize normalize;
    final int weight;
    long[] raw = new long[0];
    int nonZero; // when there are none, the score makes no difference

    Relative(NodeScore score, Normalize normalize, int weight) {
      this.score = score;
      this.normalize = normalize;
      this.weight = weight;
    }

    private void set(int row, long value) {
      nonZero += (value == 0 ? 0 : 1) - (raw[row] == 0 ? 0 : 1);
      raw[row] = value;
    }
  }

  private static final FilterResult NO_NODE = FilterResult.unresolvable("no node");

  ShapeAnswers(Snapshot nodes) {
    this.nodes = nodes;
  }

  void add(String plugin, NodeFilter filter) {
    filters.add(new NamedFilter(plugin, filter));
  }

  void add(NodeScore score, Normalize normalize, int weight) {
    if (normalize == Normalize.NONE) {
      plain.add(new WeightedScore(score, weight));
    } else {
      relative.add(new Relative(score, normalize, weight));
    }
  }

  List<Relative> relative() {
    return relative;
  }

  boolean fits(int row) {
    return refusals[row] == null;
  }

  FilterResult refusal(int row) {
    return Objects.requireNonNull(refusals[row]);
  }

  String refuser(int row) {
    return filters.get(refusers[row]).plugin();
  }

  long score(int row) {
    return scores[row];
  }

  /// Brings the answers up to date with the snapshot.
  void refresh() {
    if (version == nodes.version()) {
      return;
    }
    if (refusals.length < nodes.rows()) {
      grow(Math.max(64, nodes.rows() * 5 / 4));
    }
    if (version < 0 || !nodes.changedSince(version, this::refresh)) {
      for (int row = 0; row < nodes.rows(); row++) {
        refresh(row);
      }
    }
    version = nodes.version();
  }

  private void grow(int length) {
    refusals = Arrays.copyOf(refusals, length);
    refusers = Arrays.copyOf(refusers, length);
    scores = Arrays.copyOf(scores, length);
    relative.forEach(one -> one.raw = Arrays.copyOf(one.raw, length));
  }

  private void refresh(int row) {
    refusals[row] = nodes.present(row) ? firstRefusal(row) : NO_NODE;
    boolean fits = refusals[row] == null;
    scores[row] = fits ? sum(row) : 0;
    for (Relative one : relative) {
      one.set(row, fits ? one.score.score(row) : 0);
    }
  }

  private @Nullable FilterResult firstRefusal(int row) {
    for (int i = 0; i < filters.size(); i++) {
      FilterResult result = filters.get(i).filter().filter(row);
      if (result != FilterResult.FITS) {
        refusers[row] = i;
        return result;
      }
    }
    return null;
  }

  private long sum(int row) {
    long sum = 0;
    for (WeightedScore one : plain) {
      sum += one.weight() * one.score().score(row);
    }
    return sum;
  }
}
