package io.kemudi.launcher;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.launcher.Manifests.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Applies manifests server-side, as `kubectl apply --server-side` does, and waits until what they
/// ask for is there: Deployments Available, Pods Ready. Other kinds are done once they are written.
///
/// What goes wrong is an answer, not an exception: the cluster is as good as it was, and the user
/// wants to look into it.
final class ManifestApplier {
  /// A first pod may have to wait for its image.
  private static final Duration AVAILABLE_LIMIT = Duration.ofMinutes(5);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final ApiClient client;
  private final Predicate<Pod> alive;

  /// @param client acts for the administrator
  /// @param alive whether a pod's containers run as its status says: a cluster that has just
  ///   started still shows what its pods were like when it was stopped
  ManifestApplier(ApiClient client, Predicate<Pod> alive) {
    this.client = client;
    this.alive = alive;
  }

  /// Applies all objects, also those after one that is refused, and waits unless one was.
  ///
  /// @return a sentence on each object that failed; empty when all is as it was asked for
  List<String> apply(Manifests manifests, Progress progress) throws InterruptedException {
    var failures = new ArrayList<String>();
    for (Manifest manifest : manifests.objects()) {
      apply(manifest).ifPresent(failures::add);
    }
    int applied = manifests.objects().size() - failures.size();
    progress.done("applied " + applied + (applied == 1 ? " object" : " objects"));
    return failures.isEmpty() ? awaitAvailable(manifests, progress) : failures;
  }

  private List<String> awaitAvailable(Manifests manifests, Progress progress)
      throws InterruptedException {
    var waiting =
        new ArrayList<>(manifests.objects().stream().filter(ManifestApplier::canWaitFor).toList());
    long endNs = System.nanoTime() + AVAILABLE_LIMIT.toNanos();
    while (!waiting.isEmpty()) {
      for (Manifest manifest : List.copyOf(waiting)) {
        try {
          if (available(manifest)) {
            waiting.remove(manifest);
            progress.done(manifest.title() + " is Available");
          }
        } catch (ApiException e) {
          return List.of(
              e.is(StatusReason.NOT_FOUND)
                  ? manifest.title() + " was deleted while `up` waited for it"
                  : manifest.title() + ": " + e.text());
        }
      }
      if (System.nanoTime() > endNs) {
        return waiting.stream().map(ManifestApplier::tooLate).toList();
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    return List.of();
  }

  private static String tooLate(Manifest manifest) {
    return "%s: %s did not become Available within %d minutes: see `kubectl describe %s -n %s`"
        .formatted(
            manifest.source(),
            manifest.title(),
            AVAILABLE_LIMIT.toMinutes(),
            manifest.title(),
            manifest.namespace());
  }

  private Optional<String> apply(Manifest manifest) {
    ResourceInfo resource = manifest.resource();
    var type =
        ResourceTypes.metadata(
            resource.group(),
            resource.version(),
            resource.resource(),
            resource.kind(),
            resource.namespaced());
    var patch = new Patch(Patch.Type.APPLY, manifest.json(), true);
    try {
      client.patch(
          type, manifest.namespace(), manifest.name(), "", patch, WriteOptions.by("kemudi-up"));
      return Optional.empty();
    } catch (ApiException e) {
      return Optional.of(manifest.source() + ": " + manifest.title() + ": " + e.text());
    }
  }

  private static boolean canWaitFor(Manifest manifest) {
    String kind = manifest.resource().kind();
    return kind.equals("Deployment") || kind.equals("Pod");
  }

  private boolean available(Manifest manifest) {
    if (manifest.resource().kind().equals("Pod")) {
      Pod pod = client.get(ResourceTypes.PODS, manifest.namespace(), manifest.name());
      return pod.getStatus().getPhase().equals("Succeeded") || isReady(pod);
    }
    Deployment deployment =
        client.get(ResourceTypes.DEPLOYMENTS, manifest.namespace(), manifest.name());
    int wanted = deployment.getSpec().getReplicas();
    var status = deployment.getStatus();
    return status.getObservedGeneration() >= deployment.getMetadata().getGeneration()
        && status.getUpdatedReplicas() == wanted
        && status.getAvailableReplicas() == wanted
        && readyPods(deployment) >= wanted;
  }

  /// The controller's count may be of pods that ended when the cluster was stopped.
  private long readyPods(Deployment deployment) {
    String selector = LabelSelector.of(deployment.getSpec().getSelector()).toString();
    var pods = ListOptions.in(deployment.getMetadata().getNamespace()).labels(selector);
    return client.list(ResourceTypes.PODS, pods).items().stream().filter(this::isReady).count();
  }

  private boolean isReady(Pod pod) {
    return !pod.getMetadata().hasDeletionTimestamp()
        && pod.getStatus().getConditionsList().stream().anyMatch(ManifestApplier::isReady)
        && alive.test(pod);
  }

  private static boolean isReady(PodCondition condition) {
    return condition.getType().equals("Ready") && condition.getStatus().equals("True");
  }
}
