package io.kemudi.scheduler.framework;

import io.kemudi.kubernetes.core.v1.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All nodes and what runs on them, in columns: a node is a row number, an amount an array element.
///
/// Plugins only read it, and while they do it does not change: its one owner (the scheduler's
/// cache) changes it between cycles, on the same thread. Whoever asks "what if" takes pods off a
/// row, looks and puts them back, or works on a snapshot of its own.
///
/// Rows are stable and used again after a node is gone; [#present] tells. Every change of a row
/// gets the next number of [#version], so that answers worked out earlier are refreshed for changed
/// rows only.
public final class Snapshot {
  /// How many changes are remembered one by one; who was away for longer looks at every row.
  private static final int REMEMBERED = 1024;

  /// Pod groups whose counts are kept; the one not asked for longest is dropped first.
  private static final int COUNTED_GROUPS = 512;

  private final ResourceNames names;
  private final NamespaceLabels namespaceLabels;

  private final Map<String, Integer> rowByName = new HashMap<>();
  private final List<Integer> freeRows = new ArrayList<>();
  private int rows;
  private int nodeCount;

  // Columns, by row.
  private @Nullable Node[] nodes = new @Nullable Node[64];
  private PodList[] pods = new PodList[64];
  private int[] allowedPods = new int[64];
  private long[] assumedCpu = new long[64];
  private long[] assumedMemory = new long[64];
  private long[] changedAt = new long[64];

  // By resource number, then row.
  private long[][] allocatable = new long[0][];
  private long[][] requested = new long[0][];

  private long version;
  private final int[] recentRows = new int[REMEMBERED]; // version % REMEMBERED -> row

  private final Map<String, Topology> topologies = new HashMap<>();
  // group -> how many of its pods run on each row
  private final LinkedHashMap<Counted, int[]> groupCounts = new LinkedHashMap<>(16, 0.75f, true);
  // terms that running pods say -> on how many pods of each row
  private final Map<TermKind, Map<AffinityTerm, int[]>> terms = new HashMap<>();

  /// `leavingToo`: terminating pods count as well.
  private record Counted(PodGroup group, boolean leavingToo) {}

  /// Which of a running pod's terms.
  public enum TermKind {
    AFFINITY,
    ANTI_AFFINITY,
    PREFERRED_AFFINITY,
    PREFERRED_ANTI_AFFINITY
  }

  /// The pods of one row and the host ports that they hold.
  private static final class PodList {
    final List<PodInfo> all = new ArrayList<>();
    final List<HostPort> ports = new ArrayList<>();
  }

  public Snapshot(ResourceNames names, NamespaceLabels namespaceLabels) {
    this.names = names;
    this.namespaceLabels = namespaceLabels;
    for (TermKind kind : TermKind.values()) {
      terms.put(kind, new LinkedHashMap<>());
    }
  }

  // Reading.

  public ResourceNames resources() {
    return names;
  }

  public NamespaceLabels namespaceLabels() {
    return namespaceLabels;
  }

  /// One more than the highest row number in use.
  public int rows() {
    return rows;
  }

  public int nodeCount() {
    return nodeCount;
  }

  public boolean present(int row) {
    return nodes[row] != null;
  }

  /// The row of a node, or -1.
  public int row(String nodeName) {
    return rowByName.getOrDefault(nodeName, -1);
  }

  public Node node(int row) {
    return Objects.requireNonNull(nodes[row], "no node in this row");
  }

  public String name(int row) {
    return node(row).getMetadata().getName();
  }

  public long allocatable(int resource, int row) {
    return resource < allocatable.length ? allocatable[resource][row] : 0;
  }

  public long requested(int resource, int row) {
    return resource < requested.length ? requested[resource][row] : 0;
  }

  /// The sums of [PodInfo#assumedRequest] of CPU and memory.
  public long assumedCpu(int row) {
    return assumedCpu[row];
  }

  public long assumedMemory(int row) {
    return assumedMemory[row];
  }

  public int allowedPods(int row) {
    return allowedPods[row];
  }

  public List<PodInfo> pods(int row) {
    return pods[row].all;
  }

  public boolean conflicts(HostPort port, int row) {
    for (HostPort taken : pods[row].ports) {
      if (port.conflictsWith(taken)) {
        return true;
      }
    }
    return false;
  }

  public long version() {
    return version;
  }

  /// Calls `refresh` with each row that changed after `since`, or gives false when that is no
  /// longer known and every row has to be looked at.
  public boolean changedSince(long since, java.util.function.IntConsumer refresh) {
    if (version - since > REMEMBERED) {
      return false;
    }
    for (long change = since + 1; change <= version; change++) {
      int row = recentRows[(int) (change % REMEMBERED)];
      if (changedAt[row] == change) { // else it comes again later
        refresh.accept(row);
      }
    }
    return true;
  }

  public Topology topology(String key) {
    return topologies.computeIfAbsent(key, this::newTopology);
  }

  private Topology newTopology(String key) {
    var topology = new Topology(key);
    for (int row = 0; row < rows; row++) {
      Node node = nodes[row];
      topology.set(row, node == null ? null : node.getMetadata().getLabelsMap());
    }
    return topology;
  }

  /// How many pods of `group` run on each row, terminating ones with them if `leavingToo`. Counted
  /// once, then kept up with every change; do not write to it.
  public int[] countsOf(PodGroup group, boolean leavingToo) {
    var key = new Counted(group, leavingToo);
    int[] known = groupCounts.get(key);
    if (known != null) {
      return known;
    }
    int[] counts = new int[nodes.length];
    for (int row = 0; row < rows; row++) {
      for (PodInfo pod : pods[row].all) {
        counts[row] += isOf(key, pod) ? 1 : 0;
      }
    }
    if (groupCounts.size() >= COUNTED_GROUPS) {
      groupCounts.remove(groupCounts.firstEntry().getKey());
    }
    groupCounts.put(key, counts);
    return counts;
  }

  private boolean isOf(Counted counted, PodInfo pod) {
    return (counted.leavingToo() || !pod.terminating())
        && counted.group().matches(pod, namespaceLabels);
  }

  /// The distinct terms of running pods, each with the number of pods per row that say it.
  public Map<AffinityTerm, int[]> terms(TermKind kind) {
    return Objects.requireNonNull(terms.get(kind));
  }

  // Changing: for the owner.

  /// The labels of namespaces changed, and with them which pods are of which group.
  public void namespacesChanged() {
    groupCounts.clear();
  }

  /// Adds a node or replaces it; its pods stay.
  public int putNode(Node node) {
    String name = node.getMetadata().getName();
    Integer known = rowByName.get(name);
    int row = known == null ? newRow(name) : known;
    nodes[row] = node;
    int podsNumber = names.number("pods");
    long[] amounts = PodRequests.amounts(node.getStatus().getAllocatableMap(), names);
    ensureResources();
    for (int resource = 0; resource < allocatable.length; resource++) {
      allocatable[resource][row] = resource < amounts.length ? amounts[resource] : 0;
    }
    // A node that has not reported yet has no room, not even for pods.
    allowedPods[row] =
        podsNumber < amounts.length ? (int) Math.min(Integer.MAX_VALUE, amounts[podsNumber]) : 0;
    topologies.values().forEach(topology -> topology.set(row, node.getMetadata().getLabelsMap()));
    changed(row);
    return row;
  }

  private int newRow(String name) {
    int row = freeRows.isEmpty() ? rows++ : freeRows.removeLast();
    ensureRows();
    pods[row] = new PodList();
    rowByName.put(name, row);
    nodeCount++;
    return row;
  }

  /// Removes a node together with its pods, which are given back.
  public Collection<PodInfo> removeNode(String name) {
    Integer row = rowByName.get(name);
    if (row == null) {
      return List.of();
    }
    List<PodInfo> left = List.copyOf(pods[row].all);
    left.forEach(pod -> removePod(pod, row));
    rowByName.remove(name);
    nodes[row] = null;
    freeRows.add(row);
    nodeCount--;
    topologies.values().forEach(topology -> topology.set(row, null));
    changed(row);
    return left;
  }

  public void addPod(PodInfo pod, int row) {
    pods[row].all.add(pod);
    pods[row].ports.addAll(pod.hostPorts());
    count(pod, row, 1);
  }

  /// Takes off the pod with this uid.
  public void removePod(PodInfo pod, int row) {
    List<PodInfo> all = pods[row].all;
    int at = indexOf(all, other -> other.uid().equals(pod.uid()));
    if (at < 0) {
      return;
    }
    PodInfo there = all.get(at);
    all.set(at, all.getLast()); // order among the pods of a node means nothing
    all.removeLast();
    there.hostPorts().forEach(pods[row].ports::remove);
    count(there, row, -1);
  }

  private static int indexOf(List<PodInfo> pods, Predicate<PodInfo> wanted) {
    for (int i = 0; i < pods.size(); i++) {
      if (wanted.test(pods.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private void count(PodInfo pod, int row, int sign) {
    ensureResources();
    for (int resource = 0; resource < pod.requestCount(); resource++) {
      requested[resource][row] += sign * pod.request(resource);
    }
    assumedCpu[row] += sign * pod.assumedRequest(ResourceNames.CPU);
    assumedMemory[row] += sign * pod.assumedRequest(ResourceNames.MEMORY);
    for (Map.Entry<Counted, int[]> group : groupCounts.entrySet()) {
      if (isOf(group.getKey(), pod)) {
        group.getValue()[row] += sign;
      }
    }
    countTerms(TermKind.AFFINITY, pod.affinity(), row, sign);
    countTerms(TermKind.ANTI_AFFINITY, pod.antiAffinity(), row, sign);
    countTerms(TermKind.PREFERRED_AFFINITY, pod.preferredAffinity(), row, sign);
    countTerms(TermKind.PREFERRED_ANTI_AFFINITY, pod.preferredAntiAffinity(), row, sign);
    changed(row);
  }

  private void countTerms(TermKind kind, List<AffinityTerm> said, int row, int sign) {
    for (AffinityTerm term : said) {
      int[] counts = terms(kind).computeIfAbsent(term, _ -> new int[nodes.length]);
      counts[row] += sign;
      if (counts[row] == 0 && Arrays.stream(counts).allMatch(count -> count == 0)) {
        terms(kind).remove(term);
      }
    }
  }

  private void changed(int row) {
    version++;
    changedAt[row] = version;
    recentRows[(int) (version % REMEMBERED)] = row;
  }

  private void ensureResources() {
    int have = allocatable.length;
    if (have < names.count()) {
      allocatable = Arrays.copyOf(allocatable, names.count());
      requested = Arrays.copyOf(requested, names.count());
      for (int resource = have; resource < allocatable.length; resource++) {
        allocatable[resource] = new long[nodes.length];
        requested[resource] = new long[nodes.length];
      }
    }
  }

  private void ensureRows() {
    if (rows <= nodes.length) {
      return;
    }
    int length = nodes.length * 2;
    nodes = Arrays.copyOf(nodes, length);
    pods = Arrays.copyOf(pods, length);
    allowedPods = Arrays.copyOf(allowedPods, length);
    assumedCpu = Arrays.copyOf(assumedCpu, length);
    assumedMemory = Arrays.copyOf(assumedMemory, length);
    changedAt = Arrays.copyOf(changedAt, length);
    for (int resource = 0; resource < allocatable.length; resource++) {
      allocatable[resource] = Arrays.copyOf(allocatable[resource], length);
      requested[resource] = Arrays.copyOf(requested[resource], length);
    }
    groupCounts.replaceAll((_, counts) -> Arrays.copyOf(counts, length));
    terms.values().forEach(all -> all.replaceAll((_, counts) -> Arrays.copyOf(counts, length)));
  }
}
