package io.kemudi.scheduler.plugins;

import io.kemudi.scheduler.framework.Snapshot;
import io.kemudi.scheduler.framework.Topology;
import java.util.function.IntPredicate;

/// Counts per row added up per domain of a topology. One pass over the rows, for one cycle.
final class DomainCounts {
  private final Topology topology;
  private final long[] sums;
  private final boolean[] present; // has a row that counts
  private long total;

  private DomainCounts(Topology topology) {
    this.topology = topology;
    this.sums = new long[topology.domains()];
    this.present = new boolean[topology.domains()];
  }

  /// Of the rows that are `eligible`.
  static DomainCounts of(Snapshot nodes, String topologyKey, int[] counts, IntPredicate eligible) {
    var result = new DomainCounts(nodes.topology(topologyKey));
    for (int row = 0; row < nodes.rows(); row++) {
      int domain = result.topology.domain(row);
      if (domain != Topology.NONE && eligible.test(row)) {
        result.present[domain] = true;
        result.sums[domain] += counts[row];
        result.total += counts[row];
      }
    }
    return result;
  }

  /// Whether the node is in any domain.
  boolean placed(int row) {
    return topology.domain(row) != Topology.NONE;
  }

  /// The sum of the node's domain; 0 when it is in none.
  long sum(int row) {
    int domain = topology.domain(row);
    return domain == Topology.NONE ? 0 : sums[domain];
  }

  long total() {
    return total;
  }

  int domains() {
    int count = 0;
    for (boolean one : present) {
      count += one ? 1 : 0;
    }
    return count;
  }

  /// The smallest sum of any domain; 0 when there is none.
  long least() {
    long least = Long.MAX_VALUE;
    for (int domain = 0; domain < sums.length; domain++) {
      least = present[domain] ? Math.min(least, sums[domain]) : least;
    }
    return least == Long.MAX_VALUE ? 0 : least;
  }
}
