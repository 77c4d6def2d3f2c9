package io.kemudi.nodeagent.agent;

import static io.kemudi.apimachinery.resource.ResourceTypes.EVENTS;
import static io.kemudi.apimachinery.resource.ResourceTypes.LEASES;
import static io.kemudi.apimachinery.resource.ResourceTypes.NODES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.nodeagent.podworker.Pods.container;
import static io.kemudi.nodeagent.podworker.Pods.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.runtime.HollowRuntime;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.time.SystemTimers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeAgentTest {
  @TempDir Path dir;

  private final SystemTimers timers = new SystemTimers();
  private final FakeApiClient api = new FakeApiClient();
  private final SharedInformers informers = new SharedInformers(api, timers, 1);
  private final HollowRuntime runtime = new HollowRuntime(timers);
  private NodeAgent agent;

  @BeforeEach
  void setUp() {
    var config = NodeAgentConfig.plain("n1", dir, "192.0.2.1", "10.244.7.0/24");
    agent = new NodeAgent(config, api, informers, runtime, timers);
  }

  @AfterEach
  void stop() {
    agent.close();
    informers.close();
    timers.close();
  }

  @Test
  void registersItsNodeAndSaysThatItLives() throws Exception {
    agent.start();
    Eventually.until("the node is ready", agent::ready);

    Node node = api.get(NODES, "", "n1");
    assertThat(node.getMetadata().getLabelsMap())
        .containsEntry("kubernetes.io/hostname", "n1")
        .containsEntry("kubernetes.io/os", "linux");
    assertThat(node.getSpec().getPodCIDR()).isEqualTo("10.244.7.0/24");
    assertThat(node.getStatus().getCapacityMap())
        .containsKeys("cpu", "memory", "pods", "ephemeral-storage");
    assertThat(node.getStatus().getConditionsList())
        .anySatisfy(c -> {
          assertThat(c.getType()).isEqualTo("Ready");
          assertThat(c.getStatus()).isEqualTo("True");
          assertThat(c.getReason()).isEqualTo("KubeletReady");
        });
    assertThat(node.getStatus().getNodeInfo().getContainerRuntimeVersion())
        .isEqualTo("hollow://1.0.0");
    Eventually.until(
        "the lease is there",
        () -> !api.list(LEASES, ListOptions.in("kube-node-lease")).items().isEmpty());
  }

  @Test
  void runsAPodThatIsBoundToItAndLetsGoOfOneThatIsDeleted() throws Exception {
    agent.start();
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));
    api.create(PODS, pod.build(), WriteOptions.NONE);
    Eventually.until(
        "the pod runs",
        () -> api.get(PODS, "default", "web").getStatus().getPhase().equals("Running"));
    Pod running = api.get(PODS, "default", "web");
    assertThat(running.getStatus().getPodIP()).startsWith("10.244.7.");
    Eventually.until(
        "events are told", () -> api.list(EVENTS, ListOptions.in("default")).items().size() >= 4);

    Pod.Builder dying = api.get(PODS, "default", "web").toBuilder();
    dying.getMetadataBuilder().setDeletionGracePeriodSeconds(1);
    dying.getMetadataBuilder().getDeletionTimestampBuilder().setSeconds(1);
    api.update(PODS, dying.build(), WriteOptions.NONE);

    Eventually.until("the API forgets it", () -> api.list(PODS, ListOptions.ALL).items().isEmpty());
    Eventually.until("it is cleared away", () -> runtime.listPodSandbox(Map.of()).isEmpty());
  }

  @Test
  void clearsAwayWhatWasDeletedWhileNoAgentWasThere() throws Exception {
    var config = PodSandboxConfig.newBuilder().putAllLabels(Labels.ofPod("n1", "uid-old")).build();
    runtime.runPodSandbox(config, "");
    var others =
        PodSandboxConfig.newBuilder().putAllLabels(Labels.ofPod("n2", "uid-other")).build();
    runtime.runPodSandbox(others, "");

    agent.start();

    Eventually.until(
        "the orphan is gone", () -> runtime.listPodSandbox(Labels.ofNode("n1")).isEmpty());
    assertThat(runtime.listPodSandbox(Labels.ofNode("n2"))).hasSize(1);
  }
}
