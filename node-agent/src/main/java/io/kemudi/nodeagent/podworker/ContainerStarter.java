package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxStatus;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// Makes and starts one container: image, configuration, start, hook.
final class ContainerStarter {
  private static final Duration HOOK_LIMIT = Duration.ofMinutes(10); // semi-arbitrary

  private final PodServices services;
  private final ImagePuller images;
  private final ContainerConfigs configs;
  private final SandboxConfigs sandboxes;
  private final LifecycleHooks hooks;

  ContainerStarter(PodServices services, ImagePuller images, LifecycleHooks hooks) {
    this.services = services;
    this.images = images;
    this.hooks = hooks;
    var environment = new ContainerEnvironment(services.references(), services.allocatable().get());
    configs =
        new ContainerConfigs(
            services.node(), services.directories(), services.volumes(), environment);
    sandboxes = new SandboxConfigs(services.node(), services.cgroups());
  }

  /// @param pod with its addresses in the status
  /// @throws ConfigFailure with the container's waiting reason
  void start(
      Pod pod,
      Container container,
      int attempt,
      PodSandboxStatus sandbox,
      Map<String, Path> volumes,
      ObservedPod observed)
      throws InterruptedException {
    String path = PodEvents.fieldPath(pod, container.getName());
    PodSandboxConfig sandboxConfig = sandboxes.of(pod, sandbox.getMetadata().getAttempt());
    Image image = images.ensure(pod, container, sandboxConfig);
    String id = create(pod, container, attempt, sandbox, sandboxConfig, image, volumes, observed);
    services.events().normal(pod, path, "Created", "Created container: " + container.getName());
    try {
      services.runtime().startContainer(id);
    } catch (RuntimeFailure e) {
      services.events().warning(pod, path, "Failed", "Error: " + e.getMessage());
      throw new ConfigFailure("RunContainerError", String.valueOf(e.getMessage()));
    }
    services.events().normal(pod, path, "Started", "Started container " + container.getName());
    if (container.getLifecycle().hasPostStart()) {
      postStart(pod, container, id, path);
    }
  }

  private String create(
      Pod pod,
      Container container,
      int attempt,
      PodSandboxStatus sandbox,
      PodSandboxConfig sandboxConfig,
      Image image,
      Map<String, Path> volumes,
      ObservedPod observed) {
    String path = PodEvents.fieldPath(pod, container.getName());
    try {
      ContainerConfig config =
          configs.of(pod, container, attempt, image, image.getId(), volumes, observed);
      Files.createDirectories(
          Path.of(sandboxConfig.getLogDirectory()).resolve(container.getName()));
      return services.runtime().createContainer(sandbox.getId(), config, sandboxConfig);
    } catch (ConfigFailure e) {
      services.events().warning(pod, path, "Failed", "Error: " + e.text());
      throw e;
    } catch (IOException | RuntimeFailure e) {
      services.events().warning(pod, path, "Failed", "Error: " + e.getMessage());
      throw new ConfigFailure("CreateContainerError", String.valueOf(e.getMessage()));
    }
  }

  private void postStart(Pod pod, Container container, String id, String path)
      throws InterruptedException {
    String failure =
        hooks.run(
            container.getLifecycle().getPostStart(),
            id,
            container,
            pod.getStatus().getPodIP(),
            HOOK_LIMIT);
    if (failure.isEmpty()) {
      return;
    }
    services.events().warning(pod, path, "FailedPostStartHook", "PostStartHook failed");
    services.events().normal(pod, path, "Killing", "FailedPostStartHook");
    services.runtime().stopContainer(id, PodWorker.gracePeriod(pod));
    throw new ConfigFailure("PostStartHookError", failure);
  }
}
