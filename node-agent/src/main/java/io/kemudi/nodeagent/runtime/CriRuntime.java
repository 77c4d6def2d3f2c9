package io.kemudi.nodeagent.runtime;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.kemudi.cri.v1.AttachRequest;
import io.kemudi.cri.v1.AuthConfig;
import io.kemudi.cri.v1.CgroupDriver;
import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerFilter;
import io.kemudi.cri.v1.ContainerStats;
import io.kemudi.cri.v1.ContainerStatsFilter;
import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.cri.v1.ContainerStatusRequest;
import io.kemudi.cri.v1.CreateContainerRequest;
import io.kemudi.cri.v1.ExecRequest;
import io.kemudi.cri.v1.ExecSyncRequest;
import io.kemudi.cri.v1.ExecSyncResponse;
import io.kemudi.cri.v1.FilesystemUsage;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.ImageFsInfoRequest;
import io.kemudi.cri.v1.ImageServiceGrpc;
import io.kemudi.cri.v1.ImageSpec;
import io.kemudi.cri.v1.ImageStatusRequest;
import io.kemudi.cri.v1.ImageStatusResponse;
import io.kemudi.cri.v1.LinuxContainerResources;
import io.kemudi.cri.v1.ListContainerStatsRequest;
import io.kemudi.cri.v1.ListContainersRequest;
import io.kemudi.cri.v1.ListImagesRequest;
import io.kemudi.cri.v1.ListPodSandboxRequest;
import io.kemudi.cri.v1.NetworkConfig;
import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxFilter;
import io.kemudi.cri.v1.PodSandboxStatus;
import io.kemudi.cri.v1.PodSandboxStatusRequest;
import io.kemudi.cri.v1.PortForwardRequest;
import io.kemudi.cri.v1.PullImageRequest;
import io.kemudi.cri.v1.RemoveContainerRequest;
import io.kemudi.cri.v1.RemoveImageRequest;
import io.kemudi.cri.v1.RemovePodSandboxRequest;
import io.kemudi.cri.v1.ReopenContainerLogRequest;
import io.kemudi.cri.v1.RunPodSandboxRequest;
import io.kemudi.cri.v1.RuntimeConfig;
import io.kemudi.cri.v1.RuntimeConfigRequest;
import io.kemudi.cri.v1.RuntimeServiceGrpc;
import io.kemudi.cri.v1.StartContainerRequest;
import io.kemudi.cri.v1.StatusRequest;
import io.kemudi.cri.v1.StatusResponse;
import io.kemudi.cri.v1.StopContainerRequest;
import io.kemudi.cri.v1.StopPodSandboxRequest;
import io.kemudi.cri.v1.UpdateContainerResourcesRequest;
import io.kemudi.cri.v1.UpdateRuntimeConfigRequest;
import io.kemudi.cri.v1.VersionRequest;
import io.kemudi.cri.v1.VersionResponse;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// CRI v1 over a unix socket: containerd, CRI-O, or our own embedded runtime.
public final class CriRuntime implements Runtime {
  // Upstream's limits: two minutes for a call, except for those that wait on networks or processes.
  private static final Duration CALL = Duration.ofMinutes(2);
  private static final Duration SANDBOX = Duration.ofMinutes(4);
  private static final Duration PULL = Duration.ofMinutes(15);
  private static final Duration MARGIN = Duration.ofSeconds(10);
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private final String endpoint;
  private final EventLoopGroup loop;
  private final ManagedChannel channel;
  private final RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime;
  private final ImageServiceGrpc.ImageServiceBlockingStub images;

  /// @param endpoint `unix:///run/containerd/containerd.sock`, or the path alone
  public CriRuntime(String endpoint) {
    this.endpoint = endpoint;
    String path = endpoint.startsWith("unix://") ? endpoint.substring(7) : endpoint;
    loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(path))
            .eventLoopGroup(loop)
            .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
            .usePlaintext()
            // Go's server refuses the socket's path as an authority.
            .overrideAuthority("localhost")
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
    runtime = RuntimeServiceGrpc.newBlockingStub(channel);
    images = ImageServiceGrpc.newBlockingStub(channel);
  }

  @Override
  public VersionResponse version() {
    return call(
        "Version", () -> in(CALL).version(VersionRequest.newBuilder().setVersion("v1").build()));
  }

  @Override
  public StatusResponse status() {
    return call("Status", () -> in(CALL).status(StatusRequest.getDefaultInstance()));
  }

  /// Runtimes before the call existed use paths unless told otherwise.
  @Override
  public boolean usesSystemdCgroups() {
    try {
      var answer =
          call(
              "RuntimeConfig",
              () -> in(CALL).runtimeConfig(RuntimeConfigRequest.getDefaultInstance()));
      return answer.hasLinux() && answer.getLinux().getCgroupDriver() == CgroupDriver.SYSTEMD;
    } catch (RuntimeFailure e) {
      if (e.is(RuntimeFailure.Kind.UNIMPLEMENTED)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void updatePodCidr(String podCidr) {
    var network = NetworkConfig.newBuilder().setPodCidr(podCidr);
    var request =
        UpdateRuntimeConfigRequest.newBuilder()
            .setRuntimeConfig(RuntimeConfig.newBuilder().setNetworkConfig(network))
            .build();
    call("UpdateRuntimeConfig", () -> in(CALL).updateRuntimeConfig(request));
  }

  @Override
  public String runPodSandbox(PodSandboxConfig config, String handler) {
    var request =
        RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(handler).build();
    return call("RunPodSandbox", () -> in(SANDBOX).runPodSandbox(request)).getPodSandboxId();
  }

  @Override
  public void stopPodSandbox(String id) {
    var request = StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build();
    unlessGone("StopPodSandbox", () -> in(SANDBOX).stopPodSandbox(request));
  }

  @Override
  public void removePodSandbox(String id) {
    var request = RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build();
    unlessGone("RemovePodSandbox", () -> in(SANDBOX).removePodSandbox(request));
  }

  @Override
  public PodSandboxStatus podSandboxStatus(String id) {
    var request = PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).build();
    return call("PodSandboxStatus", () -> in(CALL).podSandboxStatus(request)).getStatus();
  }

  @Override
  public List<PodSandbox> listPodSandbox(Map<String, String> labels) {
    var filter = PodSandboxFilter.newBuilder().putAllLabelSelector(labels);
    var request = ListPodSandboxRequest.newBuilder().setFilter(filter).build();
    return call("ListPodSandbox", () -> in(CALL).listPodSandbox(request)).getItemsList();
  }

  @Override
  public String createContainer(
      String sandboxId, ContainerConfig config, PodSandboxConfig sandbox) {
    var request =
        CreateContainerRequest.newBuilder()
            .setPodSandboxId(sandboxId)
            .setConfig(config)
            .setSandboxConfig(sandbox)
            .build();
    return call("CreateContainer", () -> in(CALL).createContainer(request)).getContainerId();
  }

  @Override
  public void startContainer(String id) {
    var request = StartContainerRequest.newBuilder().setContainerId(id).build();
    call("StartContainer", () -> in(CALL).startContainer(request));
  }

  @Override
  public void stopContainer(String id, Duration grace) {
    var request =
        StopContainerRequest.newBuilder().setContainerId(id).setTimeout(grace.toSeconds()).build();
    unlessGone("StopContainer", () -> in(CALL.plus(grace)).stopContainer(request));
  }

  @Override
  public void removeContainer(String id) {
    var request = RemoveContainerRequest.newBuilder().setContainerId(id).build();
    unlessGone("RemoveContainer", () -> in(CALL).removeContainer(request));
  }

  @Override
  public List<Container> listContainers(Map<String, String> labels) {
    var filter = ContainerFilter.newBuilder().putAllLabelSelector(labels);
    var request = ListContainersRequest.newBuilder().setFilter(filter).build();
    return call("ListContainers", () -> in(CALL).listContainers(request)).getContainersList();
  }

  @Override
  public ContainerStatus containerStatus(String id) {
    var request = ContainerStatusRequest.newBuilder().setContainerId(id).build();
    return call("ContainerStatus", () -> in(CALL).containerStatus(request)).getStatus();
  }

  @Override
  public void updateContainerResources(String id, LinuxContainerResources resources) {
    var request =
        UpdateContainerResourcesRequest.newBuilder().setContainerId(id).setLinux(resources).build();
    call("UpdateContainerResources", () -> in(CALL).updateContainerResources(request));
  }

  @Override
  public void reopenContainerLog(String id) {
    var request = ReopenContainerLogRequest.newBuilder().setContainerId(id).build();
    call("ReopenContainerLog", () -> in(CALL).reopenContainerLog(request));
  }

  @Override
  public List<ContainerStats> listContainerStats(Map<String, String> labels) {
    var filter = ContainerStatsFilter.newBuilder().putAllLabelSelector(labels);
    var request = ListContainerStatsRequest.newBuilder().setFilter(filter).build();
    return call("ListContainerStats", () -> in(CALL).listContainerStats(request)).getStatsList();
  }

  @Override
  public ExecSyncResponse execSync(String id, List<String> command, Duration limit) {
    var request =
        ExecSyncRequest.newBuilder()
            .setContainerId(id)
            .addAllCmd(command)
            .setTimeout(limit.toSeconds())
            .build();
    return call("ExecSync", () -> in(limit.plus(MARGIN)).execSync(request));
  }

  @Override
  public String exec(ExecRequest request) {
    return call("Exec", () -> in(CALL).exec(request)).getUrl();
  }

  @Override
  public String attach(AttachRequest request) {
    return call("Attach", () -> in(CALL).attach(request)).getUrl();
  }

  @Override
  public String portForward(PortForwardRequest request) {
    return call("PortForward", () -> in(CALL).portForward(request)).getUrl();
  }

  @Override
  public List<Image> listImages() {
    return call(
            "ListImages", () -> imagesIn(CALL).listImages(ListImagesRequest.getDefaultInstance()))
        .getImagesList();
  }

  @Override
  public @Nullable Image imageStatus(String reference) {
    var request = ImageStatusRequest.newBuilder().setImage(spec(reference)).build();
    ImageStatusResponse answer = call("ImageStatus", () -> imagesIn(CALL).imageStatus(request));
    return answer.hasImage() ? answer.getImage() : null;
  }

  @Override
  public String pullImage(String reference, @Nullable AuthConfig auth, PodSandboxConfig sandbox) {
    var request = PullImageRequest.newBuilder().setImage(spec(reference)).setSandboxConfig(sandbox);
    if (auth != null) {
      request.setAuth(auth);
    }
    return call("PullImage", () -> imagesIn(PULL).pullImage(request.build())).getImageRef();
  }

  @Override
  public void removeImage(String reference) {
    var request = RemoveImageRequest.newBuilder().setImage(spec(reference)).build();
    unlessGone("RemoveImage", () -> imagesIn(CALL).removeImage(request));
  }

  @Override
  public List<FilesystemUsage> imageFilesystems() {
    return call(
            "ImageFsInfo",
            () -> imagesIn(CALL).imageFsInfo(ImageFsInfoRequest.getDefaultInstance()))
        .getImageFilesystemsList();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static ImageSpec spec(String reference) {
    return ImageSpec.newBuilder().setImage(reference).build();
  }

  private RuntimeServiceGrpc.RuntimeServiceBlockingStub in(Duration limit) {
    return runtime.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private ImageServiceGrpc.ImageServiceBlockingStub imagesIn(Duration limit) {
    return images.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private <T> void unlessGone(String name, Supplier<T> body) {
    try {
      call(name, body);
    } catch (RuntimeFailure e) {
      if (!e.is(RuntimeFailure.Kind.NOT_FOUND)) {
        throw e;
      }
    }
  }

  private <T> T call(String name, Supplier<T> body) {
    try {
      return body.get();
    } catch (StatusRuntimeException e) {
      throw failure(name, e);
    }
  }

  private RuntimeFailure failure(String name, StatusRuntimeException e) {
    String said = String.valueOf(e.getStatus().getDescription());
    return switch (e.getStatus().getCode()) {
      case NOT_FOUND -> new RuntimeFailure(RuntimeFailure.Kind.NOT_FOUND, said, e);
      case UNIMPLEMENTED ->
          new RuntimeFailure(
              RuntimeFailure.Kind.UNIMPLEMENTED, name + " is not implemented by the runtime", e);
      case UNAVAILABLE ->
          new RuntimeFailure(
              RuntimeFailure.Kind.UNAVAILABLE,
              "no runtime answers at " + endpoint + ": " + said,
              e);
      case DEADLINE_EXCEEDED ->
          new RuntimeFailure(RuntimeFailure.Kind.TIMED_OUT, name + " took too long: " + said, e);
      // containerd before 2 answers UNKNOWN where it means "not found".
      default ->
          new RuntimeFailure(
              e.getStatus().getCode() == Status.Code.UNKNOWN && said.endsWith("not found")
                  ? RuntimeFailure.Kind.NOT_FOUND
                  : RuntimeFailure.Kind.FAILED,
              said,
              e);
    };
  }
}
