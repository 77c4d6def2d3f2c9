package io.kemudi.scheduler;

import io.kemudi.kubernetes.core.v1.NodeSelectorRequirement;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodAffinityTerm;
import io.kemudi.kubernetes.core.v1.Toleration;
import io.kemudi.kubernetes.core.v1.TopologySpreadConstraint;
import io.kemudi.kubernetes.quantity.Quantity;
import java.util.List;

/// Pods for tests: `pod("web").cpu("500m").build()`.
public final class PodBuilder {
  private final Pod.Builder pod = Pod.newBuilder();

  private PodBuilder(String name) {
    pod.getMetadataBuilder().setNamespace("ns").setName(name).setUid("uid-" + name);
    pod.getSpecBuilder().addContainersBuilder().setName("main");
  }

  public static PodBuilder pod(String name) {
    return new PodBuilder(name);
  }

  public PodBuilder cpu(String amount) {
    return request("cpu", amount);
  }

  public PodBuilder memory(String amount) {
    return request("memory", amount);
  }

  public PodBuilder request(String resource, String amount) {
    pod.getSpecBuilder()
        .getContainersBuilder(0)
        .getResourcesBuilder()
        .putRequests(resource, Quantity.newBuilder().setString(amount).build());
    return this;
  }

  public PodBuilder init(String cpu, boolean sidecar) {
    var init = pod.getSpecBuilder().addInitContainersBuilder();
    init.getResourcesBuilder().putRequests("cpu", Quantity.newBuilder().setString(cpu).build());
    if (sidecar) {
      init.setRestartPolicy("Always");
    }
    return this;
  }

  public PodBuilder label(String key, String value) {
    pod.getMetadataBuilder().putLabels(key, value);
    return this;
  }

  public PodBuilder namespace(String namespace) {
    pod.getMetadataBuilder().setNamespace(namespace);
    return this;
  }

  public PodBuilder on(String node) {
    pod.getSpecBuilder().setNodeName(node);
    return this;
  }

  public PodBuilder priority(int priority) {
    pod.getSpecBuilder().setPriority(priority);
    return this;
  }

  public PodBuilder hostPort(int port, String ip) {
    pod.getSpecBuilder()
        .getContainersBuilder(0)
        .addPortsBuilder()
        .setContainerPort(port)
        .setHostPort(port)
        .setHostIP(ip);
    return this;
  }

  public PodBuilder selector(String key, String value) {
    pod.getSpecBuilder().putNodeSelector(key, value);
    return this;
  }

  public PodBuilder requires(String key, String operator, String... values) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getNodeAffinityBuilder()
        .getRequiredDuringSchedulingIgnoredDuringExecutionBuilder()
        .addNodeSelectorTermsBuilder()
        .addMatchExpressions(requirement(key, operator, values));
    return this;
  }

  public PodBuilder requiresName(String... names) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getNodeAffinityBuilder()
        .getRequiredDuringSchedulingIgnoredDuringExecutionBuilder()
        .addNodeSelectorTermsBuilder()
        .addMatchFields(requirement("metadata.name", "In", names));
    return this;
  }

  public PodBuilder prefers(int weight, String key, String operator, String... values) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getNodeAffinityBuilder()
        .addPreferredDuringSchedulingIgnoredDuringExecutionBuilder()
        .setWeight(weight)
        .getPreferenceBuilder()
        .addMatchExpressions(requirement(key, operator, values));
    return this;
  }

  private static NodeSelectorRequirement requirement(
      String key, String operator, String... values) {
    return NodeSelectorRequirement.newBuilder()
        .setKey(key)
        .setOperator(operator)
        .addAllValues(List.of(values))
        .build();
  }

  public PodBuilder tolerates(String key, String operator, String value, String effect) {
    pod.getSpecBuilder()
        .addTolerations(
            Toleration.newBuilder()
                .setKey(key)
                .setOperator(operator)
                .setValue(value)
                .setEffect(effect));
    return this;
  }

  public PodBuilder near(String label, String value, String topologyKey) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getPodAffinityBuilder()
        .addRequiredDuringSchedulingIgnoredDuringExecution(term(label, value, topologyKey));
    return this;
  }

  public PodBuilder awayFrom(String label, String value, String topologyKey) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getPodAntiAffinityBuilder()
        .addRequiredDuringSchedulingIgnoredDuringExecution(term(label, value, topologyKey));
    return this;
  }

  public PodBuilder prefersNear(int weight, String label, String value, String topologyKey) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getPodAffinityBuilder()
        .addPreferredDuringSchedulingIgnoredDuringExecutionBuilder()
        .setWeight(weight)
        .setPodAffinityTerm(term(label, value, topologyKey));
    return this;
  }

  private static PodAffinityTerm term(String label, String value, String topologyKey) {
    PodAffinityTerm.Builder term = PodAffinityTerm.newBuilder().setTopologyKey(topologyKey);
    term.getLabelSelectorBuilder().putMatchLabels(label, value);
    return term.build();
  }

  public PodBuilder spread(
      int maxSkew, String topologyKey, boolean hard, String label, String value) {
    TopologySpreadConstraint.Builder constraint =
        TopologySpreadConstraint.newBuilder()
            .setMaxSkew(maxSkew)
            .setTopologyKey(topologyKey)
            .setWhenUnsatisfiable(hard ? "DoNotSchedule" : "ScheduleAnyway");
    constraint.getLabelSelectorBuilder().putMatchLabels(label, value);
    pod.getSpecBuilder().addTopologySpreadConstraints(constraint);
    return this;
  }

  public PodBuilder gate(String name) {
    pod.getSpecBuilder().addSchedulingGatesBuilder().setName(name);
    return this;
  }

  public Pod build() {
    return pod.build();
  }
}
