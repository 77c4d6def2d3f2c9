package io.kemudi.launcher;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.launcher.Manifests.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Applies manifests server-side, as `kubectl apply --server-side` does, and waits until what they
/// ask for is there: Deployments Available, Pods Ready. Other kinds are done once they are written.
final class ManifestApplier {
  /// A first pod may have to wait for its image.
  private static final Duration AVAILABLE_LIMIT = Duration.ofMinutes(5);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final ApiClient client;

  /// `client` acts for the administrator.
  ManifestApplier(ApiClient client) {
    this.client = client;
  }

  void apply(Manifests manifests, Progress progress) throws InterruptedException {
    for (Manifest manifest : manifests.objects()) {
      apply(manifest);
    }
    progress.done("applied " + manifests.objects().size() + " objects");
    var waiting = new ArrayList<>(manifests.objects().stream().filter(this::canWaitFor).toList());
    long endNs = System.nanoTime() + AVAILABLE_LIMIT.toNanos();
    while (!waiting.isEmpty()) {
      for (Manifest manifest : List.copyOf(waiting)) {
        if (available(manifest)) {
          waiting.remove(manifest);
          progress.done(manifest.title() + " is Available");
        }
      }
      if (System.nanoTime() > endNs) {
        throw new UserError(
            waiting.getFirst().title()
                + " did not become Available within "
                + AVAILABLE_LIMIT.toMinutes()
                + " minutes, so the cluster was stopped: start it without -f and see `kubectl describe "
                + waiting.getFirst().title()
                + "`");
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  private void apply(Manifest manifest) {
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
    } catch (ApiException e) {
      throw new UserError(manifest.source() + ": " + manifest.title() + ": " + e.text());
    }
  }

  private boolean canWaitFor(Manifest manifest) {
    String kind = manifest.resource().kind();
    return kind.equals("Deployment") || kind.equals("Pod");
  }

  private boolean available(Manifest manifest) {
    try {
      if (manifest.resource().kind().equals("Pod")) {
        Pod pod = client.get(ResourceTypes.PODS, manifest.namespace(), manifest.name());
        return pod.getStatus().getPhase().equals("Succeeded")
            || pod.getStatus().getConditionsList().stream().anyMatch(ManifestApplier::isReady);
      }
      Deployment deployment =
          client.get(ResourceTypes.DEPLOYMENTS, manifest.namespace(), manifest.name());
      int wanted = deployment.getSpec().getReplicas();
      var status = deployment.getStatus();
      return status.getObservedGeneration() >= deployment.getMetadata().getGeneration()
          && status.getUpdatedReplicas() == wanted
          && status.getAvailableReplicas() == wanted;
    } catch (ApiException e) {
      if (e.is(StatusReason.NOT_FOUND)) {
        throw new UserError(manifest.title() + " was deleted while `up` waited for it");
      }
      throw e;
    }
  }

  private static boolean isReady(PodCondition condition) {
    return condition.getType().equals("Ready") && condition.getStatus().equals("True");
  }
}
