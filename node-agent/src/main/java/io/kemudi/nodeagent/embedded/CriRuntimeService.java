package io.kemudi.nodeagent.embedded;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kemudi.cri.v1.AttachRequest;
import io.kemudi.cri.v1.AttachResponse;
import io.kemudi.cri.v1.CgroupDriver;
import io.kemudi.cri.v1.CheckpointContainerRequest;
import io.kemudi.cri.v1.CheckpointContainerResponse;
import io.kemudi.cri.v1.ContainerEventResponse;
import io.kemudi.cri.v1.ContainerFilter;
import io.kemudi.cri.v1.ContainerStats;
import io.kemudi.cri.v1.ContainerStatsFilter;
import io.kemudi.cri.v1.ContainerStatsRequest;
import io.kemudi.cri.v1.ContainerStatsResponse;
import io.kemudi.cri.v1.ContainerStatusRequest;
import io.kemudi.cri.v1.ContainerStatusResponse;
import io.kemudi.cri.v1.CreateContainerRequest;
import io.kemudi.cri.v1.CreateContainerResponse;
import io.kemudi.cri.v1.ExecRequest;
import io.kemudi.cri.v1.ExecResponse;
import io.kemudi.cri.v1.ExecSyncRequest;
import io.kemudi.cri.v1.ExecSyncResponse;
import io.kemudi.cri.v1.GetEventsRequest;
import io.kemudi.cri.v1.LinuxRuntimeConfiguration;
import io.kemudi.cri.v1.ListContainerStatsRequest;
import io.kemudi.cri.v1.ListContainerStatsResponse;
import io.kemudi.cri.v1.ListContainersRequest;
import io.kemudi.cri.v1.ListContainersResponse;
import io.kemudi.cri.v1.ListMetricDescriptorsRequest;
import io.kemudi.cri.v1.ListMetricDescriptorsResponse;
import io.kemudi.cri.v1.ListPodSandboxMetricsRequest;
import io.kemudi.cri.v1.ListPodSandboxMetricsResponse;
import io.kemudi.cri.v1.ListPodSandboxRequest;
import io.kemudi.cri.v1.ListPodSandboxResponse;
import io.kemudi.cri.v1.ListPodSandboxStatsRequest;
import io.kemudi.cri.v1.ListPodSandboxStatsResponse;
import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.cri.v1.PodSandboxFilter;
import io.kemudi.cri.v1.PodSandboxStats;
import io.kemudi.cri.v1.PodSandboxStatsFilter;
import io.kemudi.cri.v1.PodSandboxStatsRequest;
import io.kemudi.cri.v1.PodSandboxStatsResponse;
import io.kemudi.cri.v1.PodSandboxStatusRequest;
import io.kemudi.cri.v1.PodSandboxStatusResponse;
import io.kemudi.cri.v1.PortForwardRequest;
import io.kemudi.cri.v1.PortForwardResponse;
import io.kemudi.cri.v1.RemoveContainerRequest;
import io.kemudi.cri.v1.RemoveContainerResponse;
import io.kemudi.cri.v1.RemovePodSandboxRequest;
import io.kemudi.cri.v1.RemovePodSandboxResponse;
import io.kemudi.cri.v1.ReopenContainerLogRequest;
import io.kemudi.cri.v1.ReopenContainerLogResponse;
import io.kemudi.cri.v1.RunPodSandboxRequest;
import io.kemudi.cri.v1.RunPodSandboxResponse;
import io.kemudi.cri.v1.RuntimeCondition;
import io.kemudi.cri.v1.RuntimeConfigRequest;
import io.kemudi.cri.v1.RuntimeConfigResponse;
import io.kemudi.cri.v1.RuntimeFeatures;
import io.kemudi.cri.v1.RuntimeHandler;
import io.kemudi.cri.v1.RuntimeServiceGrpc;
import io.kemudi.cri.v1.RuntimeStatus;
import io.kemudi.cri.v1.StartContainerRequest;
import io.kemudi.cri.v1.StartContainerResponse;
import io.kemudi.cri.v1.StatusRequest;
import io.kemudi.cri.v1.StatusResponse;
import io.kemudi.cri.v1.StopContainerRequest;
import io.kemudi.cri.v1.StopContainerResponse;
import io.kemudi.cri.v1.StopPodSandboxRequest;
import io.kemudi.cri.v1.StopPodSandboxResponse;
import io.kemudi.cri.v1.StreamContainerStatsRequest;
import io.kemudi.cri.v1.StreamContainerStatsResponse;
import io.kemudi.cri.v1.StreamContainersRequest;
import io.kemudi.cri.v1.StreamContainersResponse;
import io.kemudi.cri.v1.StreamPodSandboxMetricsRequest;
import io.kemudi.cri.v1.StreamPodSandboxMetricsResponse;
import io.kemudi.cri.v1.StreamPodSandboxStatsRequest;
import io.kemudi.cri.v1.StreamPodSandboxStatsResponse;
import io.kemudi.cri.v1.StreamPodSandboxesRequest;
import io.kemudi.cri.v1.StreamPodSandboxesResponse;
import io.kemudi.cri.v1.UpdateContainerResourcesRequest;
import io.kemudi.cri.v1.UpdateContainerResourcesResponse;
import io.kemudi.cri.v1.UpdatePodSandboxResourcesRequest;
import io.kemudi.cri.v1.UpdatePodSandboxResourcesResponse;
import io.kemudi.cri.v1.UpdateRuntimeConfigRequest;
import io.kemudi.cri.v1.UpdateRuntimeConfigResponse;
import io.kemudi.cri.v1.VersionRequest;
import io.kemudi.cri.v1.VersionResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// CRI's runtime calls: each finds its sandbox or container and says what to do with it.
final class CriRuntimeService extends RuntimeServiceGrpc.RuntimeServiceImplBase {
  static final String NAME = "kemudi";
  static final String VERSION = "0.1.0";

  /// Events that may wait for a follower before its stream is cut; it lists anew then.
  private static final int EVENT_QUEUE = 1000;

  private final Sandboxes sandboxes;
  private final Containers containers;
  private final Execs execs;
  private final StreamingServer streaming;
  private final PodNetwork network;
  private final RuntimeEvents events;
  private final Stats stats;
  private final InstantSource clock;

  CriRuntimeService(
      Sandboxes sandboxes,
      Containers containers,
      Execs execs,
      StreamingServer streaming,
      PodNetwork network,
      RuntimeEvents events,
      Stats stats,
      InstantSource clock) {
    this.sandboxes = sandboxes;
    this.containers = containers;
    this.execs = execs;
    this.streaming = streaming;
    this.network = network;
    this.events = events;
    this.stats = stats;
    this.clock = clock;
  }

  // The runtime itself

  @Override
  public void version(VersionRequest request, StreamObserver<VersionResponse> reply) {
    Replies.answer(
        reply,
        () ->
            VersionResponse.newBuilder()
                .setVersion("0.1.0")
                .setRuntimeName(NAME)
                .setRuntimeVersion(VERSION)
                .setRuntimeApiVersion("v1")
                .build());
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          String problem = network.problem();
          return StatusResponse.newBuilder()
              .setStatus(
                  RuntimeStatus.newBuilder()
                      .addConditions(condition("RuntimeReady", ""))
                      .addConditions(condition("NetworkReady", problem)))
              .addRuntimeHandlers(RuntimeHandler.getDefaultInstance())
              .setFeatures(RuntimeFeatures.newBuilder().setSupplementalGroupsPolicy(true))
              .putAllInfo(
                  request.getVerbose()
                      ? Map.of("config", "{\"launcher\":\"" + containers.launcher().name() + "\"}")
                      : Map.of())
              .build();
        });
  }

  private static RuntimeCondition condition(String type, String problem) {
    return RuntimeCondition.newBuilder()
        .setType(type)
        .setStatus(problem.isEmpty())
        .setReason(problem.isEmpty() ? "" : "NetworkPluginNotReady")
        .setMessage(problem)
        .build();
  }

  @Override
  public void runtimeConfig(
      RuntimeConfigRequest request, StreamObserver<RuntimeConfigResponse> reply) {
    Replies.answer(
        reply,
        () ->
            RuntimeConfigResponse.newBuilder()
                .setLinux(
                    LinuxRuntimeConfiguration.newBuilder().setCgroupDriver(CgroupDriver.CGROUPFS))
                .build());
  }

  @Override
  public void updateRuntimeConfig(
      UpdateRuntimeConfigRequest request, StreamObserver<UpdateRuntimeConfigResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          network.start(request.getRuntimeConfig().getNetworkConfig().getPodCidr());
          sandboxes.claimAddresses();
          return UpdateRuntimeConfigResponse.getDefaultInstance();
        });
  }

  // Sandboxes

  @Override
  public void runPodSandbox(
      RunPodSandboxRequest request, StreamObserver<RunPodSandboxResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          if (!request.getRuntimeHandler().isEmpty()) {
            throw Status.INVALID_ARGUMENT
                .withDescription("no runtime handler \"" + request.getRuntimeHandler() + "\"")
                .asRuntimeException();
          }
          Sandbox sandbox = sandboxes.run(request.getConfig(), request.getRuntimeHandler());
          return RunPodSandboxResponse.newBuilder().setPodSandboxId(sandbox.id()).build();
        });
  }

  @Override
  public void stopPodSandbox(
      StopPodSandboxRequest request, StreamObserver<StopPodSandboxResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          Optional<Sandbox> sandbox = sandboxes.find(request.getPodSandboxId());
          if (sandbox.isPresent()) {
            for (Container container : containers.of(sandbox.get())) {
              containers.stop(container, Duration.ZERO);
            }
            sandboxes.stop(sandbox.get());
          }
          return StopPodSandboxResponse.getDefaultInstance();
        });
  }

  @Override
  public void removePodSandbox(
      RemovePodSandboxRequest request, StreamObserver<RemovePodSandboxResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          Optional<Sandbox> sandbox = sandboxes.find(request.getPodSandboxId());
          if (sandbox.isPresent()) {
            for (Container container : containers.of(sandbox.get())) {
              containers.remove(container);
            }
            sandboxes.remove(sandbox.get());
          }
          return RemovePodSandboxResponse.getDefaultInstance();
        });
  }

  @Override
  public void podSandboxStatus(
      PodSandboxStatusRequest request, StreamObserver<PodSandboxStatusResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          Sandbox sandbox = sandboxes.get(request.getPodSandboxId());
          return PodSandboxStatusResponse.newBuilder()
              .setStatus(sandbox.status())
              .addAllContainersStatuses(
                  containers.of(sandbox).stream().map(Container::status).toList())
              .setTimestamp(Clock.nanos(clock))
              .build();
        });
  }

  @Override
  public void listPodSandbox(
      ListPodSandboxRequest request, StreamObserver<ListPodSandboxResponse> reply) {
    Replies.answer(
        reply,
        () ->
            ListPodSandboxResponse.newBuilder()
                .addAllItems(listSandboxes(request.getFilter()))
                .build());
  }

  @Override
  public void streamPodSandboxes(
      StreamPodSandboxesRequest request, StreamObserver<StreamPodSandboxesResponse> reply) {
    Replies.answer(
        reply,
        () ->
            StreamPodSandboxesResponse.newBuilder()
                .addAllPodSandboxes(listSandboxes(request.getFilter()))
                .build());
  }

  private List<PodSandbox> listSandboxes(PodSandboxFilter filter) {
    return sandboxes.list().stream()
        .map(Sandbox::status)
        .filter(s -> Replies.matches(s.getId(), filter.getId()))
        .filter(s -> !filter.hasState() || s.getState() == filter.getState().getState())
        .filter(s -> Replies.matches(s.getLabelsMap(), filter.getLabelSelectorMap()))
        .map(s ->
            PodSandbox.newBuilder()
                .setId(s.getId())
                .setMetadata(s.getMetadata())
                .setState(s.getState())
                .setCreatedAt(s.getCreatedAt())
                .putAllLabels(s.getLabelsMap())
                .putAllAnnotations(s.getAnnotationsMap())
                .setRuntimeHandler(s.getRuntimeHandler())
                .build())
        .toList();
  }

  @Override
  public void updatePodSandboxResources(
      UpdatePodSandboxResourcesRequest request,
      StreamObserver<UpdatePodSandboxResourcesResponse> reply) {
    // The agent has changed the pod's own control group already; we keep none of the pod's.
    Replies.answer(
        reply,
        () -> {
          sandboxes.get(request.getPodSandboxId());
          return UpdatePodSandboxResourcesResponse.getDefaultInstance();
        });
  }

  // Containers

  @Override
  public void createContainer(
      CreateContainerRequest request, StreamObserver<CreateContainerResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          Sandbox sandbox = sandboxes.get(request.getPodSandboxId());
          Container container = containers.create(sandbox, request.getConfig());
          return CreateContainerResponse.newBuilder().setContainerId(container.id()).build();
        });
  }

  @Override
  public void startContainer(
      StartContainerRequest request, StreamObserver<StartContainerResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          containers.start(containers.get(request.getContainerId()));
          return StartContainerResponse.getDefaultInstance();
        });
  }

  @Override
  public void stopContainer(
      StopContainerRequest request, StreamObserver<StopContainerResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          Optional<Container> container = containers.find(request.getContainerId());
          if (container.isPresent()) {
            containers.stop(container.get(), Duration.ofSeconds(Math.max(0, request.getTimeout())));
          }
          return StopContainerResponse.getDefaultInstance();
        });
  }

  @Override
  public void removeContainer(
      RemoveContainerRequest request, StreamObserver<RemoveContainerResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          Optional<Container> container = containers.find(request.getContainerId());
          if (container.isPresent()) {
            containers.remove(container.get());
          }
          return RemoveContainerResponse.getDefaultInstance();
        });
  }

  @Override
  public void listContainers(
      ListContainersRequest request, StreamObserver<ListContainersResponse> reply) {
    Replies.answer(
        reply,
        () ->
            ListContainersResponse.newBuilder()
                .addAllContainers(listContainers(request.getFilter()))
                .build());
  }

  @Override
  public void streamContainers(
      StreamContainersRequest request, StreamObserver<StreamContainersResponse> reply) {
    Replies.answer(
        reply,
        () ->
            StreamContainersResponse.newBuilder()
                .addAllContainers(listContainers(request.getFilter()))
                .build());
  }

  private List<io.kemudi.cri.v1.Container> listContainers(ContainerFilter filter) {
    return containers.list().stream()
        .filter(c -> Replies.matches(c.id(), filter.getId()))
        .filter(c -> Replies.matches(c.sandbox().id(), filter.getPodSandboxId()))
        .filter(c -> !filter.hasState() || c.status().getState() == filter.getState().getState())
        .filter(c -> Replies.matches(c.status().getLabelsMap(), filter.getLabelSelectorMap()))
        .map(c ->
            io.kemudi.cri.v1.Container.newBuilder()
                .setId(c.id())
                .setPodSandboxId(c.sandbox().id())
                .setMetadata(c.status().getMetadata())
                .setImage(c.status().getImage())
                .setImageRef(c.status().getImageRef())
                .setImageId(c.status().getImageId())
                .setState(c.status().getState())
                .setCreatedAt(c.status().getCreatedAt())
                .putAllLabels(c.status().getLabelsMap())
                .putAllAnnotations(c.status().getAnnotationsMap())
                .build())
        .toList();
  }

  @Override
  public void containerStatus(
      ContainerStatusRequest request, StreamObserver<ContainerStatusResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          Container container = containers.get(request.getContainerId());
          ContainerStatusResponse.Builder answer =
              ContainerStatusResponse.newBuilder().setStatus(container.status());
          if (request.getVerbose()) {
            answer.putInfo("info", "{\"pid\":" + container.pid() + "}");
          }
          return answer.build();
        });
  }

  @Override
  public void updateContainerResources(
      UpdateContainerResourcesRequest request,
      StreamObserver<UpdateContainerResourcesResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          containers.updateResources(containers.get(request.getContainerId()), request.getLinux());
          return UpdateContainerResourcesResponse.getDefaultInstance();
        });
  }

  @Override
  public void reopenContainerLog(
      ReopenContainerLogRequest request, StreamObserver<ReopenContainerLogResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          Supervision supervision = containers.running(request.getContainerId()).supervision();
          if (supervision != null) {
            supervision.reopenLog();
          }
          return ReopenContainerLogResponse.getDefaultInstance();
        });
  }

  @Override
  public void checkpointContainer(
      CheckpointContainerRequest request, StreamObserver<CheckpointContainerResponse> reply) {
    reply.onError(Replies.unimplemented("CheckpointContainer"));
  }

  // Streams into containers

  @Override
  public void execSync(ExecSyncRequest request, StreamObserver<ExecSyncResponse> reply) {
    Replies.answer(
        reply,
        () ->
            execs.sync(
                containers.running(request.getContainerId()),
                request.getCmdList(),
                Duration.ofSeconds(Math.max(0, request.getTimeout()))));
  }

  @Override
  public void exec(ExecRequest request, StreamObserver<ExecResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          containers.running(request.getContainerId());
          return ExecResponse.newBuilder().setUrl(streaming.addressOf(request)).build();
        });
  }

  @Override
  public void attach(AttachRequest request, StreamObserver<AttachResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          containers.running(request.getContainerId());
          return AttachResponse.newBuilder().setUrl(streaming.addressOf(request)).build();
        });
  }

  @Override
  public void portForward(PortForwardRequest request, StreamObserver<PortForwardResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          if (!sandboxes.get(request.getPodSandboxId()).isReady()) {
            throw Status.FAILED_PRECONDITION
                .withDescription("pod sandbox " + request.getPodSandboxId() + " is not ready")
                .asRuntimeException();
          }
          return PortForwardResponse.newBuilder().setUrl(streaming.addressOf(request)).build();
        });
  }

  // Figures and events

  @Override
  public void containerStats(
      ContainerStatsRequest request, StreamObserver<ContainerStatsResponse> reply) {
    Replies.answer(
        reply,
        () ->
            ContainerStatsResponse.newBuilder()
                .setStats(stats.of(containers.get(request.getContainerId())))
                .build());
  }

  @Override
  public void listContainerStats(
      ListContainerStatsRequest request, StreamObserver<ListContainerStatsResponse> reply) {
    Replies.answer(
        reply,
        () ->
            ListContainerStatsResponse.newBuilder()
                .addAllStats(listStats(request.getFilter()))
                .build());
  }

  @Override
  public void streamContainerStats(
      StreamContainerStatsRequest request, StreamObserver<StreamContainerStatsResponse> reply) {
    Replies.answer(
        reply,
        () ->
            StreamContainerStatsResponse.newBuilder()
                .addAllContainerStats(listStats(request.getFilter()))
                .build());
  }

  private List<ContainerStats> listStats(ContainerStatsFilter filter) {
    return containers.list().stream()
        .filter(Container::isRunning)
        .filter(c -> Replies.matches(c.id(), filter.getId()))
        .filter(c -> Replies.matches(c.sandbox().id(), filter.getPodSandboxId()))
        .filter(c -> Replies.matches(c.status().getLabelsMap(), filter.getLabelSelectorMap()))
        .map(stats::of)
        .toList();
  }

  @Override
  public void podSandboxStats(
      PodSandboxStatsRequest request, StreamObserver<PodSandboxStatsResponse> reply) {
    Replies.answer(
        reply,
        () ->
            PodSandboxStatsResponse.newBuilder()
                .setStats(stats.of(sandboxes.get(request.getPodSandboxId())))
                .build());
  }

  @Override
  public void listPodSandboxStats(
      ListPodSandboxStatsRequest request, StreamObserver<ListPodSandboxStatsResponse> reply) {
    Replies.answer(
        reply,
        () ->
            ListPodSandboxStatsResponse.newBuilder()
                .addAllStats(listStats(request.getFilter()))
                .build());
  }

  @Override
  public void streamPodSandboxStats(
      StreamPodSandboxStatsRequest request, StreamObserver<StreamPodSandboxStatsResponse> reply) {
    Replies.answer(
        reply,
        () ->
            StreamPodSandboxStatsResponse.newBuilder()
                .addAllPodSandboxStats(listStats(request.getFilter()))
                .build());
  }

  private List<PodSandboxStats> listStats(PodSandboxStatsFilter filter) {
    return sandboxes.list().stream()
        .filter(s -> Replies.matches(s.id(), filter.getId()))
        .filter(s -> Replies.matches(s.status().getLabelsMap(), filter.getLabelSelectorMap()))
        .map(stats::of)
        .toList();
  }

  /// Sends every event from now on, until the follower goes away or falls too far behind.
  @Override
  public void getContainerEvents(
      GetEventsRequest request, StreamObserver<ContainerEventResponse> reply) {
    ServerCallStreamObserver<ContainerEventResponse> call =
        (ServerCallStreamObserver<ContainerEventResponse>) reply;
    ArrayBlockingQueue<ContainerEventResponse> queue = new ArrayBlockingQueue<>(EVENT_QUEUE);
    AtomicBoolean tooSlow = new AtomicBoolean();
    Consumer<ContainerEventResponse> follower =
        event -> {
          if (!queue.offer(event)) {
            tooSlow.set(true);
          }
        };
    events.follow(follower);
    try {
      while (!call.isCancelled() && !tooSlow.get()) {
        ContainerEventResponse event = queue.poll(1, TimeUnit.SECONDS);
        if (event != null) {
          reply.onNext(event);
        }
      }
      if (!call.isCancelled()) {
        reply.onError(
            Status.RESOURCE_EXHAUSTED
                .withDescription("more than " + EVENT_QUEUE + " events wait: list anew")
                .asRuntimeException());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reply.onError(Status.UNAVAILABLE.withDescription("the runtime stops").asRuntimeException());
    } catch (RuntimeException e) {
      // the follower went away between our look and our word
    } finally {
      events.unfollow(follower);
    }
  }

  @Override
  public void listMetricDescriptors(
      ListMetricDescriptorsRequest request, StreamObserver<ListMetricDescriptorsResponse> reply) {
    Replies.answer(reply, ListMetricDescriptorsResponse::getDefaultInstance);
  }

  @Override
  public void listPodSandboxMetrics(
      ListPodSandboxMetricsRequest request, StreamObserver<ListPodSandboxMetricsResponse> reply) {
    Replies.answer(reply, ListPodSandboxMetricsResponse::getDefaultInstance);
  }

  @Override
  public void streamPodSandboxMetrics(
      StreamPodSandboxMetricsRequest request,
      StreamObserver<StreamPodSandboxMetricsResponse> reply) {
    Replies.answer(reply, StreamPodSandboxMetricsResponse::getDefaultInstance);
  }
}
