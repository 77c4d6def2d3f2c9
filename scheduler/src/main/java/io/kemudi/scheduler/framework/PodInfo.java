package io.kemudi.scheduler.framework;

import com.google.protobuf.ByteString;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.kubernetes.core.v1.Affinity;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerPort;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A pod with what scheduling wants to know of it, worked out once.
///
/// Pods of equal [#shape] get equal answers from every plugin that looks at one node alone, so they
/// share one evaluation of the nodes.
public final class PodInfo {
  private final Pod pod;
  private final ObjectKey key;
  private final long[] requests;
  private final long[] assumedRequests;
  private final List<HostPort> hostPorts;
  private final List<AffinityTerm> affinity;
  private final List<AffinityTerm> antiAffinity;
  private final List<AffinityTerm> preferredAffinity;
  private final List<AffinityTerm> preferredAntiAffinity;
  private final ByteString shape;

  public PodInfo(Pod pod, ResourceNames names) {
    this.pod = pod;
    this.key = ObjectKey.of(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    this.requests = PodRequests.of(pod.getSpec(), names);
    this.assumedRequests = PodRequests.assumed(pod.getSpec(), names);
    this.hostPorts = hostPorts(pod.getSpec());
    Affinity all = pod.getSpec().getAffinity();
    this.affinity =
        required(pod, all.getPodAffinity().getRequiredDuringSchedulingIgnoredDuringExecutionList());
    this.antiAffinity =
        required(
            pod, all.getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecutionList());
    this.preferredAffinity =
        all.getPodAffinity().getPreferredDuringSchedulingIgnoredDuringExecutionList().stream()
            .map(term -> AffinityTerm.of(term.getPodAffinityTerm(), pod, term.getWeight()))
            .toList();
    this.preferredAntiAffinity =
        all.getPodAntiAffinity().getPreferredDuringSchedulingIgnoredDuringExecutionList().stream()
            .map(term -> AffinityTerm.of(term.getPodAffinityTerm(), pod, term.getWeight()))
            .toList();
    this.shape = shapeOf(pod);
  }

  private static List<AffinityTerm> required(
      Pod pod, List<io.kemudi.kubernetes.core.v1.PodAffinityTerm> terms) {
    return terms.stream().map(term -> AffinityTerm.of(term, pod, 0)).toList();
  }

  private static List<HostPort> hostPorts(PodSpec spec) {
    List<HostPort> ports = new ArrayList<>();
    spec.getContainersList().forEach(container -> addPorts(container, ports));
    for (Container init : spec.getInitContainersList()) {
      if (init.getRestartPolicy().equals("Always")) {
        addPorts(init, ports);
      }
    }
    return List.copyOf(ports);
  }

  private static void addPorts(Container container, List<HostPort> ports) {
    for (ContainerPort port : container.getPortsList()) {
      if (port.getHostPort() > 0) {
        ports.add(new HostPort(port.getHostIP(), port.getProtocol(), port.getHostPort()));
      }
    }
  }

  /// What plugins see of a pod as long as they look at one node alone. Labels and what refers to
  /// other pods are not part of it: such plugins are asked anew in every cycle.
  private static ByteString shapeOf(Pod pod) {
    PodSpec spec = pod.getSpec();
    PodSpec.Builder seen =
        PodSpec.newBuilder()
            .putAllNodeSelector(spec.getNodeSelectorMap())
            .addAllTolerations(spec.getTolerationsList())
            .putAllOverhead(spec.getOverheadMap())
            .addAllResourceClaims(spec.getResourceClaimsList())
            .setNodeName(spec.getNodeName());
    if (spec.getAffinity().hasNodeAffinity()) {
      seen.getAffinityBuilder().setNodeAffinity(spec.getAffinity().getNodeAffinity());
    }
    if (spec.hasResources()) {
      seen.setResources(spec.getResources());
    }
    spec.getContainersList().forEach(container -> seen.addContainers(seenOf(container)));
    spec.getInitContainersList().forEach(container -> seen.addInitContainers(seenOf(container)));
    return seen.build().toByteString();
  }

  private static Container seenOf(Container container) {
    Container.Builder seen = Container.newBuilder();
    if (container.hasResources()) {
      seen.setResources(container.getResources());
    }
    if (container.hasRestartPolicy()) {
      seen.setRestartPolicy(container.getRestartPolicy());
    }
    // The image counts for locality of images.
    return seen.setImage(container.getImage()).addAllPorts(container.getPortsList()).build();
  }

  public Pod pod() {
    return pod;
  }

  public ObjectKey key() {
    return key;
  }

  public String uid() {
    return pod.getMetadata().getUid();
  }

  public Map<String, String> labels() {
    return pod.getMetadata().getLabelsMap();
  }

  public int priority() {
    return pod.getSpec().getPriority();
  }

  public boolean terminating() {
    return pod.getMetadata().hasDeletionTimestamp();
  }

  /// The amount of resource `number` that the pod takes from its node.
  public long request(int number) {
    return number < requests.length ? requests[number] : 0;
  }

  /// One more than the highest resource number that [#request] may have something for.
  public int requestCount() {
    return requests.length;
  }

  /// As [#request] of CPU or memory, with upstream's assumption for containers that say nothing.
  public long assumedRequest(int number) {
    return number < assumedRequests.length ? assumedRequests[number] : 0;
  }

  public List<HostPort> hostPorts() {
    return hostPorts;
  }

  public List<AffinityTerm> affinity() {
    return affinity;
  }

  public List<AffinityTerm> antiAffinity() {
    return antiAffinity;
  }

  public List<AffinityTerm> preferredAffinity() {
    return preferredAffinity;
  }

  public List<AffinityTerm> preferredAntiAffinity() {
    return preferredAntiAffinity;
  }

  public ByteString shape() {
    return shape;
  }

  @Override
  public String toString() {
    return key.toString();
  }
}
