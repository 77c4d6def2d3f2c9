package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.AuthConfig;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// Sees to it that a container's image is here, by the container's pull policy. One per pod; the
/// back-off is per image.
final class ImagePuller {
  private final Runtime runtime;
  private final PodEvents events;
  private final Timers timers;
  private final Semaphore slots;
  private final PullSecrets secrets;
  private final Map<String, Failure> failures = new HashMap<>();

  private record Failure(Backoff backoff, Instant at, String message) {}

  /// @param slots how many pulls may run at once on the node
  ImagePuller(
      Runtime runtime, PodEvents events, Timers timers, Semaphore slots, PullSecrets secrets) {
    this.runtime = runtime;
    this.events = events;
    this.timers = timers;
    this.slots = slots;
    this.secrets = secrets;
  }

  /// The image, fetched if need be.
  ///
  /// @throws ConfigFailure with the waiting reason `ErrImagePull`, `ImagePullBackOff`,
  ///   `ErrImageNeverPull` or `InvalidImageName`
  Image ensure(Pod pod, Container container, PodSandboxConfig sandbox) {
    String path = PodEvents.fieldPath(pod, container.getName());
    if (!ImageReference.isValid(container.getImage())) {
      String message =
          "Failed to apply default image tag \"%s\": couldn't parse image name \"%s\": invalid reference format"
              .formatted(container.getImage(), container.getImage());
      events.warning(pod, path, "InspectFailed", message);
      throw new ConfigFailure("InvalidImageName", message);
    }
    String image = ImageReference.withTag(container.getImage());
    String policy =
        container.getImagePullPolicy().isEmpty()
            ? ImageReference.defaultPolicy(image)
            : container.getImagePullPolicy();
    Image present = runtime.imageStatus(image);
    if (present != null && !policy.equals("Always")) {
      events.normal(
          pod, path, "Pulled", "Container image \"" + image + "\" already present on machine");
      return present;
    }
    if (policy.equals("Never")) {
      String message = "Container image \"" + image + "\" is not present with pull policy of Never";
      events.warning(pod, path, "ErrImageNeverPull", message);
      throw new ConfigFailure("ErrImageNeverPull", message);
    }
    return pull(pod, path, image, sandbox);
  }

  private Image pull(Pod pod, String path, String image, PodSandboxConfig sandbox) {
    Failure before = failures.get(image);
    if (before != null && timers.instant().isBefore(before.backoff().readyAt(before.at()))) {
      String message = "Back-off pulling image \"" + image + "\"";
      events.normal(pod, path, "BackOff", message);
      events.warning(pod, path, "Failed", "Error: ImagePullBackOff");
      throw new ConfigFailure("ImagePullBackOff", message + ": ErrImagePull: " + before.message());
    }
    events.normal(pod, path, "Pulling", "Pulling image \"" + image + "\"");
    long startNs = timers.nanoTime();
    try {
      String ref = fetch(pod, image, sandbox);
      failures.remove(image);
      Image pulled = runtime.imageStatus(ref);
      if (pulled == null) {
        throw new RuntimeFailure(
            RuntimeFailure.Kind.FAILED, "the image is not there after it was pulled: " + ref);
      }
      events.normal(
          pod,
          path,
          "Pulled",
          "Successfully pulled image \"%s\" in %s. Image size: %d bytes."
              .formatted(image, seconds(timers.nanoTime() - startNs), pulled.getSize()));
      return pulled;
    } catch (RuntimeFailure e) {
      Instant now = timers.instant();
      Backoff backoff = before == null ? new Backoff() : before.backoff();
      backoff.tried(now, now);
      String message = "failed to pull and unpack image \"" + image + "\": " + e.getMessage();
      failures.put(image, new Failure(backoff, now, message));
      events.warning(pod, path, "Failed", "Failed to pull image \"" + image + "\": " + message);
      events.warning(pod, path, "Failed", "Error: ErrImagePull");
      throw new ConfigFailure("ErrImagePull", message);
    }
  }

  /// Tries the pod's credentials for the registry one after the other, then none.
  private String fetch(Pod pod, String image, PodSandboxConfig sandbox) {
    slots.acquireUninterruptibly();
    try {
      List<AuthConfig> credentials = secrets.forImage(pod, image);
      for (AuthConfig auth : credentials.subList(0, Math.max(0, credentials.size() - 1))) {
        try {
          return runtime.pullImage(image, auth, sandbox);
        } catch (RuntimeFailure e) {
          // The next one may be allowed what this one was not.
        }
      }
      return runtime.pullImage(
          image, credentials.isEmpty() ? null : credentials.get(credentials.size() - 1), sandbox);
    } finally {
      slots.release();
    }
  }

  /// When a pull that failed may be tried again, or null.
  Instant retryAt(Container container, Instant otherwise) {
    Failure failure = failures.get(ImageReference.withTag(container.getImage()));
    return failure == null ? otherwise : failure.backoff().readyAt(failure.at());
  }

  private static String seconds(long ns) {
    Duration taken = Duration.ofNanos(ns);
    return taken.toMillis() < 1000
        ? taken.toMillis() + "ms"
        : "%d.%03ds".formatted(taken.toSeconds(), taken.toMillisPart());
  }
}
