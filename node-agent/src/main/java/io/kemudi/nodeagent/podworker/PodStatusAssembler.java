package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.PodSandboxStatus;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerState;
import io.kemudi.kubernetes.core.v1.ContainerStateTerminated;
import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.ContainerUser;
import io.kemudi.kubernetes.core.v1.HostIP;
import io.kemudi.kubernetes.core.v1.LinuxContainerUser;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodIP;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.PodStatus;
import io.kemudi.kubernetes.core.v1.VolumeMount;
import io.kemudi.kubernetes.core.v1.VolumeMountStatus;
import io.kemudi.nodeagent.podworker.ObservedPod.Seen;
import io.kemudi.nodeagent.status.PodConditions;
import io.kemudi.nodeagent.status.PodContainers;
import io.kemudi.nodeagent.status.PodPhase;
import io.kemudi.nodeagent.status.QosClass;
import io.kemudi.nodeagent.status.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Says what a pod is doing, in the API's words. Pure but for the termination messages, which are
/// read from where containers left them.
final class PodStatusAssembler {
  private final NodeFacts node;
  private final String runtimeName;

  /// @param runtimeName what stands before `://` in container ids
  PodStatusAssembler(NodeFacts node, String runtimeName) {
    this.node = node;
    this.runtimeName = runtimeName;
  }

  /// Why a container is not running, where the agent knows better than the runtime.
  record Waiting(String reason, String message) {}

  /// What the status is made from.
  ///
  /// @param over the reason and message of a pod that the node has given up (deadline); null
  ///   otherwise
  record Facts(
      Pod pod,
      ObservedPod observed,
      Function<Seen, ContainerHealth> health,
      Map<String, Waiting> waiting,
      Function<io.kemudi.cri.v1.ContainerStatus, String> messages,
      @Nullable Waiting over,
      Instant now) {}

  PodStatus assemble(Facts facts) {
    Pod pod = facts.pod();
    PodSpec spec = pod.getSpec();
    PodStatus before = pod.getStatus();
    PodStatus.Builder status =
        PodStatus.newBuilder()
            .setStartTime(before.hasStartTime() ? before.getStartTime() : Times.of(facts.now()))
            .setQosClass(
                before.getQosClass().isEmpty() ? QosClass.of(spec).text() : before.getQosClass());
    if (pod.getMetadata().getGeneration() > 0) {
      status.setObservedGeneration(pod.getMetadata().getGeneration());
    }
    if (!before.getNominatedNodeName().isEmpty()) {
      status.setNominatedNodeName(before.getNominatedNodeName());
    }
    status.addAllResourceClaimStatuses(before.getResourceClaimStatusesList());
    setAddresses(facts, status);

    List<ContainerStatus> init = new ArrayList<>();
    spec.getInitContainersList()
        .forEach(c -> init.add(container(facts, c, before.getInitContainerStatusesList(), true)));
    List<ContainerStatus> main = new ArrayList<>();
    spec.getContainersList()
        .forEach(c -> main.add(container(facts, c, before.getContainerStatusesList(), false)));
    status.addAllInitContainerStatuses(init).addAllContainerStatuses(main);
    spec.getEphemeralContainersList()
        .forEach(e ->
            status.addEphemeralContainerStatuses(
                container(
                    facts,
                    PodContainers.asContainer(e),
                    before.getEphemeralContainerStatusesList(),
                    false)));

    PodPhase phase = phase(facts, spec, init, main);
    status.setPhase(phase.text());
    Waiting over = facts.over();
    if (over != null) {
      status.setReason(over.reason()).setMessage(over.message());
    } else if (phase == PodPhase.FAILED && !before.getReason().isEmpty()) {
      status.setReason(before.getReason()).setMessage(before.getMessage());
    }
    boolean sandboxReady = facts.observed().sandbox() != null;
    status.addAllConditions(
        PodConditions.of(pod, status.build(), phase, sandboxReady, facts.now()));
    return status.build();
  }

  /// A pod that has ended stays ended, whatever becomes of its containers.
  private static PodPhase phase(
      Facts facts, PodSpec spec, List<ContainerStatus> init, List<ContainerStatus> main) {
    String before = facts.pod().getStatus().getPhase();
    if (facts.over() != null || before.equals("Failed")) {
      return PodPhase.FAILED;
    }
    return before.equals("Succeeded") ? PodPhase.SUCCEEDED : PodPhase.of(spec, init, main);
  }

  private void setAddresses(Facts facts, PodStatus.Builder status) {
    for (String ip : node.hostIps()) {
      status.addHostIPs(HostIP.newBuilder().setIp(ip));
    }
    if (!node.hostIps().isEmpty()) {
      status.setHostIP(node.hostIps().get(0));
    }
    List<String> ips = addresses(facts);
    ips.forEach(ip -> status.addPodIPs(PodIP.newBuilder().setIp(ip)));
    if (!ips.isEmpty()) {
      status.setPodIP(ips.get(0));
    }
  }

  private List<String> addresses(Facts facts) {
    PodSandboxStatus sandbox = facts.observed().sandbox();
    if (sandbox == null) {
      // What a pod had when it ended stays readable.
      return facts.pod().getStatus().getPodIPsList().stream().map(PodIP::getIp).toList();
    }
    return addresses(facts.pod(), sandbox);
  }

  List<String> addresses(Pod pod, PodSandboxStatus sandbox) {
    if (pod.getSpec().getHostNetwork()) {
      return node.hostIps();
    }
    var ips = new ArrayList<String>();
    if (!sandbox.getNetwork().getIp().isEmpty()) {
      ips.add(sandbox.getNetwork().getIp());
    }
    sandbox.getNetwork().getAdditionalIpsList().forEach(ip -> ips.add(ip.getIp()));
    return ips;
  }

  private ContainerStatus container(
      Facts facts, Container container, List<ContainerStatus> before, boolean init) {
    String name = container.getName();
    Seen seen = facts.observed().newest(name);
    ContainerStatus old = find(before, name);
    ContainerStatus.Builder status =
        ContainerStatus.newBuilder()
            .setName(name)
            .setImage(container.getImage())
            .setImageID("")
            .setReady(false)
            .setStarted(false)
            .setRestartCount(old == null ? 0 : old.getRestartCount());
    addMounts(container, status);
    Waiting waiting = facts.waiting().get(name);
    if (seen == null) {
      return neverRan(facts, status, old, waiting).build();
    }
    var runtimeStatus = seen.status();
    status
        .setRestartCount(seen.attempt())
        .setImageID(
            runtimeStatus.getImageRef().isEmpty()
                ? runtimeStatus.getImageId()
                : runtimeStatus.getImageRef())
        .setContainerID(id(seen));
    if (seen.running()) {
      setRunning(facts, container, seen, init, status);
    } else if (seen.exited() && waiting == null) {
      ContainerStateTerminated end = terminated(facts, seen);
      status.setState(ContainerState.newBuilder().setTerminated(end));
      boolean done = init && end.getExitCode() == 0;
      status.setReady(done && !PodContainers.isSidecar(container));
    } else {
      status.setState(waiting(waiting == null ? new Waiting("ContainerCreating", "") : waiting));
    }
    setLastState(facts, seen, waiting != null, status);
    return status.build();
  }

  /// Keeps what is known of a container whose remains have been cleared away.
  private static ContainerStatus.Builder neverRan(
      Facts facts,
      ContainerStatus.Builder status,
      @Nullable ContainerStatus old,
      @Nullable Waiting waiting) {
    if (old != null && old.getState().hasTerminated() && waiting == null) {
      return old.toBuilder();
    }
    if (old != null && old.hasLastState()) {
      status.setLastState(old.getLastState());
    }
    boolean ended = facts.over() != null || PodPhase.isTerminal(facts.pod().getStatus().getPhase());
    boolean hasInit = facts.pod().getSpec().getInitContainersCount() > 0;
    Waiting why =
        waiting != null
            ? waiting
            : new Waiting(hasInit && !ended ? "PodInitializing" : "ContainerCreating", "");
    return status.setState(waiting(why));
  }

  private static ContainerState waiting(Waiting waiting) {
    var state = ContainerState.newBuilder();
    state.getWaitingBuilder().setReason(waiting.reason());
    if (!waiting.message().isEmpty()) {
      state.getWaitingBuilder().setMessage(waiting.message());
    }
    return state.build();
  }

  private static void setRunning(
      Facts facts, Container container, Seen seen, boolean init, ContainerStatus.Builder status) {
    var state = ContainerState.newBuilder();
    state.getRunningBuilder().setStartedAt(Times.ofNanos(seen.status().getStartedAt()));
    status.setState(state);
    ContainerHealth health = facts.health().apply(seen);
    boolean lasting = !init || PodContainers.isSidecar(container);
    status.setStarted(health.started());
    status.setReady(lasting && health.ready());
    if (seen.status().getUser().hasLinux()) {
      var user = seen.status().getUser().getLinux();
      status.setUser(
          ContainerUser.newBuilder()
              .setLinux(
                  LinuxContainerUser.newBuilder()
                      .setUid(user.getUid())
                      .setGid(user.getGid())
                      .addAllSupplementalGroups(user.getSupplementalGroupsList())));
    }
    if (container.getResources().getRequestsCount() + container.getResources().getLimitsCount()
        > 0) {
      status.setResources(container.getResources());
      status.putAllAllocatedResources(container.getResources().getRequestsMap());
    }
  }

  /// The end before this life: of the attempt itself when it waits to be started again, else of the
  /// attempt before.
  private void setLastState(Facts facts, Seen seen, boolean waits, ContainerStatus.Builder status) {
    Seen last = null;
    if (waits && seen.exited()) {
      last = seen;
    } else {
      for (Seen attempt : facts.observed().attempts(status.getName())) {
        if (attempt != seen && attempt.exited()) {
          last = attempt;
          break;
        }
      }
    }
    if (last != null) {
      status.setLastState(ContainerState.newBuilder().setTerminated(terminated(facts, last)));
    }
  }

  private ContainerStateTerminated terminated(Facts facts, Seen seen) {
    var from = seen.status();
    var end =
        ContainerStateTerminated.newBuilder()
            .setExitCode(from.getExitCode())
            .setReason(reason(from.getReason(), from.getExitCode()))
            .setStartedAt(Times.ofNanos(from.getStartedAt()))
            .setFinishedAt(Times.ofNanos(from.getFinishedAt()))
            .setContainerID(id(seen));
    String message = facts.messages().apply(from);
    if (!message.isEmpty()) {
      end.setMessage(message);
    }
    return end.build();
  }

  private static String reason(String said, int exitCode) {
    if (!said.isEmpty()) {
      return said;
    }
    return exitCode == 0 ? "Completed" : "Error";
  }

  private String id(Seen seen) {
    return runtimeName + "://" + seen.id();
  }

  private static void addMounts(Container container, ContainerStatus.Builder status) {
    for (VolumeMount mount : container.getVolumeMountsList()) {
      var shown =
          VolumeMountStatus.newBuilder()
              .setName(mount.getName())
              .setMountPath(mount.getMountPath())
              .setReadOnly(mount.getReadOnly());
      if (mount.getReadOnly()) {
        shown.setRecursiveReadOnly("Disabled");
      }
      status.addVolumeMounts(shown);
    }
  }

  private static @Nullable ContainerStatus find(List<ContainerStatus> statuses, String name) {
    for (ContainerStatus status : statuses) {
      if (status.getName().equals(name)) {
        return status;
      }
    }
    return null;
  }
}
