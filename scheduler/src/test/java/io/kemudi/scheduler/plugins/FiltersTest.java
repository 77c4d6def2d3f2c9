package io.kemudi.scheduler.plugins;

import static io.kemudi.scheduler.NodeBuilder.node;
import static io.kemudi.scheduler.PodBuilder.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.scheduler.NodeBuilder;
import io.kemudi.scheduler.PodBuilder;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterPlugin.PreFilter;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.NamespaceLabels;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ResourceNames;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Tables of (pod, node) -> answer.
class FiltersTest {
  private static final String FITS = "fits";

  static Stream<Arguments> answers() {
    return Stream.of(
        row(new NodeName(), pod("p"), node("n"), FITS),
        row(new NodeName(), pod("p").on("n"), node("n"), FITS),
        row(
            new NodeName(),
            pod("p").on("m"),
            node("n"),
            "never: node(s) didn't match the requested node name"),
        row(new NodeUnschedulable(), pod("p"), node("n"), FITS),
        row(
            new NodeUnschedulable(),
            pod("p"),
            node("n").cordoned(),
            "never: node(s) were unschedulable"),
        row(
            new NodeUnschedulable(),
            pod("p").tolerates("node.kubernetes.io/unschedulable", "Exists", "", ""),
            node("n").cordoned(),
            FITS),
        taint(pod("p"), node("n").taint("a", "1", "PreferNoSchedule"), FITS),
        taint(pod("p"), node("n").taint("a", "1", "NoSchedule"), "no"),
        taint(pod("p"), node("n").taint("a", "1", "NoExecute"), "no"),
        taint(
            pod("p").tolerates("a", "Equal", "1", "NoSchedule"),
            node("n").taint("a", "1", "NoSchedule"),
            FITS),
        taint(
            pod("p").tolerates("a", "Equal", "2", "NoSchedule"),
            node("n").taint("a", "1", "NoSchedule"),
            "no"),
        taint(
            pod("p").tolerates("a", "", "1", "NoExecute"),
            node("n").taint("a", "1", "NoSchedule"),
            "no"),
        taint(
            pod("p").tolerates("", "Exists", "", ""),
            node("n").taint("a", "1", "NoSchedule").taint("b", "", "NoExecute"),
            FITS),
        affinity(pod("p").selector("disk", "ssd"), node("n").label("disk", "ssd"), FITS),
        affinity(pod("p").selector("disk", "ssd"), node("n").label("disk", "hdd"), "no"),
        affinity(
            pod("p").requires("disk", "In", "ssd", "nvme"), node("n").label("disk", "nvme"), FITS),
        affinity(pod("p").requires("disk", "NotIn", "hdd"), node("n"), FITS),
        affinity(pod("p").requires("disk", "Exists"), node("n"), "no"),
        affinity(pod("p").requires("disk", "DoesNotExist"), node("n"), FITS),
        affinity(pod("p").requires("cores", "Gt", "8"), node("n").label("cores", "16"), FITS),
        affinity(pod("p").requires("cores", "Gt", "8"), node("n").label("cores", "8"), "no"),
        affinity(pod("p").requires("cores", "Lt", "8"), node("n").label("cores", "many"), "no"),
        affinity(
            pod("p").requires("a", "Exists").requires("b", "Exists"),
            node("n").label("b", ""),
            FITS),
        affinity(pod("p").requiresName("n"), node("n"), FITS),
        affinity(pod("p").requiresName("m"), node("n"), "no"),
        row(new NodeResourcesFit(), pod("p").cpu("4").memory("8Gi"), node("n"), FITS),
        row(
            new NodeResourcesFit(),
            pod("p").cpu("4001m").memory("9Gi"),
            node("n"),
            "never: Insufficient cpu, Insufficient memory"),
        row(
            new NodeResourcesFit(),
            pod("p").request("example.com/gpu", "1"),
            node("n"),
            "never: Insufficient example.com/gpu"),
        row(
            new NodeResourcesFit(),
            pod("p").request("example.com/gpu", "1"),
            node("n").allocatable("example.com/gpu", "2"),
            FITS),
        row(
            new NodeResourcesFit(),
            pod("p"),
            node("n").allocatable("pods", "0"),
            "never: Too many pods"),
        // 1 + sidecar 2 while running, init 3 beside the sidecar before
        row(
            new NodeResourcesFit(),
            pod("p").cpu("1").init("2", true).init("3", false),
            node("n").allocatable("cpu", "5"),
            FITS),
        row(
            new NodeResourcesFit(),
            pod("p").cpu("1").init("2", true).init("3", false),
            node("n").allocatable("cpu", "4900m"),
            "never: Insufficient cpu"),
        row(
            new NodeResourcesFit(),
            pod("p").cpu("1").init("3", false).init("2", true),
            node("n").allocatable("cpu", "3"),
            FITS));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void answersAsTheTableSays(FilterPlugin plugin, PodBuilder pod, NodeBuilder node, String answer) {
    assertThat(answer(plugin, pod, node)).isEqualTo(answer);
  }

  static Stream<Arguments> ports() {
    return Stream.of(
        Arguments.of(pod("p").hostPort(80, ""), pod("q").hostPort(81, ""), true),
        Arguments.of(pod("p").hostPort(80, ""), pod("q").hostPort(80, ""), false),
        Arguments.of(pod("p").hostPort(80, ""), pod("q").hostPort(80, "10.0.0.1"), false),
        Arguments.of(pod("p").hostPort(80, "10.0.0.1"), pod("q").hostPort(80, "10.0.0.2"), true),
        Arguments.of(pod("p").hostPort(80, "10.0.0.1"), pod("q").hostPort(80, "10.0.0.1"), false));
  }

  @ParameterizedTest
  @MethodSource("ports")
  void hostPortsConflictByAddressProtocolAndNumber(PodBuilder pod, PodBuilder there, boolean fits) {
    String expected =
        fits ? FITS : "not now: node(s) didn't have free ports for the requested pod ports";
    assertThat(answer(new NodePorts(), pod, node("n"), there)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("takenAmounts")
  void whatOthersTookIsMissing(String request, String answer) {
    assertThat(answer(new NodeResourcesFit(), pod("p").cpu(request), node("n"), pod("q").cpu("3")))
        .isEqualTo(answer);
  }

  static Stream<Arguments> takenAmounts() {
    return Stream.of(
        Arguments.of("1", FITS),
        Arguments.of("1001m", "not now: Insufficient cpu"),
        Arguments.of("5", "never: Insufficient cpu"));
  }

  private static Arguments row(
      FilterPlugin plugin, PodBuilder pod, NodeBuilder node, String answer) {
    return Arguments.of(plugin, pod, node, answer);
  }

  private static Arguments taint(PodBuilder pod, NodeBuilder node, String answer) {
    String no = "never: node(s) had untolerated taint(s)";
    return row(new TaintToleration(), pod, node, answer.equals("no") ? no : answer);
  }

  private static Arguments affinity(PodBuilder pod, NodeBuilder node, String answer) {
    String no = "never: node(s) didn't match Pod's node affinity/selector";
    return row(new NodeAffinity(), pod, node, answer.equals("no") ? no : answer);
  }

  static String answer(FilterPlugin plugin, PodBuilder pod, NodeBuilder node, PodBuilder... there) {
    var names = new ResourceNames();
    var nodes = new Snapshot(names, NamespaceLabels.NONE);
    int row = nodes.putNode(node.build());
    for (PodBuilder other : there) {
      nodes.addPod(new PodInfo(other.build(), names), row);
    }
    return switch (plugin.preFilter(new PodInfo(pod.build(), names), nodes)) {
      case PreFilter.Skip() -> FITS;
      case PreFilter.Refused(FilterResult result) -> words(result);
      case PreFilter.OfNode(FilterPlugin.NodeFilter filter) -> words(filter.filter(row));
      case PreFilter.OfSomeNodes(var _, FilterPlugin.NodeFilter filter) ->
          words(filter.filter(row));
      case PreFilter.OfCluster(FilterPlugin.NodeFilter filter) -> words(filter.filter(row));
    };
  }

  private static String words(FilterResult result) {
    return switch (result) {
      case FilterResult.Fits() -> FITS;
      case FilterResult.Unschedulable(List<String> reasons) ->
          "not now: " + String.join(", ", reasons);
      case FilterResult.UnschedulableAndUnresolvable(List<String> reasons) ->
          "never: " + String.join(", ", reasons);
    };
  }
}
