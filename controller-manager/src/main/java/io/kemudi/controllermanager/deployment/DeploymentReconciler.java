package io.kemudi.controllermanager.deployment;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.events.Events;
import io.kemudi.client.events.References;
import io.kemudi.client.informer.Informer;
import io.kemudi.controllermanager.namespace.NamespaceRefusals;
import io.kemudi.controllermanager.ownership.Claims;
import io.kemudi.controllermanager.ownership.ControllerRef;
import io.kemudi.controllermanager.ownership.OwnWrites;
import io.kemudi.controllermanager.ownership.OwnerIndex;
import io.kemudi.controllermanager.replicaset.PodStates;
import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.apps.v1.DeploymentStatus;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.apps.v1.ReplicaSetSpec;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Moves a Deployment towards its template: finds or makes the ReplicaSet of the template, sizes
/// all sets as [DeploymentRollout] decides, and writes the status that [DeploymentStatuses]
/// computes.
public final class DeploymentReconciler implements Reconciler<ObjectKey> {
  private static final Duration CATCH_UP = Duration.ofMillis(5);

  private final ApiClient client;
  private final Informer<Deployment> deployments;
  private final Informer<ReplicaSet> sets;
  private final OwnerIndex<ReplicaSet> setsByOwner;
  private final OwnerIndex<Pod> podsByOwner;
  private final Events events;
  private final InstantSource clock;
  private final Claims<ReplicaSet> claims;
  private final OwnWrites<ObjectKey> ownWrites = new OwnWrites<>(); // of sets
  private final OwnWrites<ObjectKey> statusWrites = new OwnWrites<>();

  public DeploymentReconciler(
      ApiClient client,
      Informer<Deployment> deployments,
      Informer<ReplicaSet> sets,
      OwnerIndex<ReplicaSet> setsByOwner,
      OwnerIndex<Pod> podsByOwner,
      Events events,
      InstantSource clock) {
    this.client = client;
    this.deployments = deployments;
    this.sets = sets;
    this.setsByOwner = setsByOwner;
    this.podsByOwner = podsByOwner;
    this.events = events;
    this.clock = clock;
    this.claims = new Claims<>(client, ResourceTypes.REPLICA_SETS, "apps/v1", "Deployment");
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Deployment deployment = deployments.lister().get(key);
    if (deployment == null) {
      ownWrites.forget(key);
      statusWrites.forget(key);
      return Result.DONE;
    }
    if (!ownWrites.shownAt(key, sets.resourceVersion())
        || !statusWrites.shownAt(key, deployments.resourceVersion())) {
      return Result.after(CATCH_UP);
    }
    var selector = LabelSelector.of(deployment.getSpec().getSelector());
    List<ReplicaSet> owned =
        claims.claim(
            deployment.getMetadata(),
            selector::matches,
            setsByOwner.candidates(deployment.getMetadata()));
    ReplicaSet current = current(deployment, owned);
    List<ReplicaSet> old = owned.stream().filter(s -> s != current).toList();
    ReplicaSet used =
        deployment.getMetadata().hasDeletionTimestamp()
            ? current
            : roll(key, deployment, current, old);
    return writeStatus(key, deployment, used, old);
  }

  /// The oldest set of the deployment's template: of several (a race of another controller), all
  /// agree on one.
  private static @Nullable ReplicaSet current(Deployment deployment, List<ReplicaSet> owned) {
    return owned.stream()
        .filter(
            s -> PodTemplates.same(s.getSpec().getTemplate(), deployment.getSpec().getTemplate()))
        .min(
            Comparator.<ReplicaSet>comparingLong(
                    s -> s.getMetadata().getCreationTimestamp().getSeconds())
                .thenComparing(s -> s.getMetadata().getName()))
        .orElse(null);
  }

  private @Nullable ReplicaSet roll(
      ObjectKey key, Deployment deployment, @Nullable ReplicaSet found, List<ReplicaSet> old) {
    ReplicaSet current = found;
    boolean mayCreate =
        !deployment.getSpec().getPaused()
            && (deployment.getSpec().getStrategy().getType().equals(RollingUpdate.TYPE)
                || !oldPodsRemain(old));
    if (current == null && mayCreate) {
      current = create(key, deployment, old);
      if (current == null) {
        return null;
      }
    }
    Map<String, Integer> sizes = new DeploymentRollout(deployment, current, old).sizes();
    if (current != null) {
      current = adjustCurrent(key, deployment, current, old, sizes);
    }
    for (ReplicaSet set : old) {
      int size = sizes.getOrDefault(set.getMetadata().getName(), set.getSpec().getReplicas());
      resize(key, deployment, set, size, RevisionHistory.sizes(deployment));
    }
    if (current != null && rolledOut(deployment, current)) {
      prune(key, deployment, old);
    }
    return current;
  }

  /// Recreate must not overlap: pods that are still stopping count.
  private boolean oldPodsRemain(List<ReplicaSet> old) {
    for (ReplicaSet set : old) {
      if (set.getSpec().getReplicas() > 0 || set.getStatus().getReplicas() > 0) {
        return true;
      }
      for (Pod pod : podsByOwner.candidates(set.getMetadata())) {
        if (ControllerRef.isControlledBy(pod.getMetadata(), set.getMetadata().getUid())
            && !PodStates.isFinished(pod)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean rolledOut(Deployment deployment, ReplicaSet current) {
    int desired = deployment.getSpec().getReplicas();
    return current.getSpec().getReplicas() == desired
        && current.getStatus().getAvailableReplicas() == desired;
  }

  /// Null when another set has the name: then the deployment's collision count was raised and the
  /// next look uses a new name.
  private @Nullable ReplicaSet create(ObjectKey key, Deployment deployment, List<ReplicaSet> old) {
    String hash =
        PodTemplates.hash(
            deployment.getSpec().getTemplate(), deployment.getStatus().getCollisionCount());
    String name = deployment.getMetadata().getName() + "-" + hash;
    ReplicaSet wanted = newSet(deployment, name, hash, old);
    try {
      ReplicaSet made = client.create(ResourceTypes.REPLICA_SETS, wanted, WriteOptions.NONE);
      ownWrites.wrote(key, made.getMetadata().getResourceVersion());
      events.normal(
          References.to(ResourceTypes.DEPLOYMENTS, deployment),
          "ScalingReplicaSet",
          "Scaled up replica set " + name + " from 0 to " + made.getSpec().getReplicas());
      return made;
    } catch (ApiException e) {
      if (NamespaceRefusals.isGoing(e)) {
        return null; // the deployment goes with it
      }
      if (!e.is(StatusReason.ALREADY_EXISTS)) {
        throw e;
      }
      return resolveCollision(key, deployment, name);
    }
  }

  private @Nullable ReplicaSet resolveCollision(ObjectKey key, Deployment deployment, String name) {
    ReplicaSet there = client.get(ResourceTypes.REPLICA_SETS, key.namespace(), name);
    if (ControllerRef.isControlledBy(there.getMetadata(), deployment.getMetadata().getUid())
        && PodTemplates.same(there.getSpec().getTemplate(), deployment.getSpec().getTemplate())) {
      ownWrites.wrote(key, there.getMetadata().getResourceVersion());
      return there; // ours, made by a run that did not see its own write
    }
    var status =
        deployment.getStatus().toBuilder()
            .setCollisionCount(deployment.getStatus().getCollisionCount() + 1);
    client.updateSubresource(
        ResourceTypes.DEPLOYMENTS,
        "status",
        deployment.toBuilder().setStatus(status).build(),
        WriteOptions.NONE);
    throw new IllegalStateException(
        "replica set " + name + " is somebody else's; trying another name");
  }

  private static ReplicaSet newSet(
      Deployment deployment, String name, String hash, List<ReplicaSet> old) {
    var template = deployment.getSpec().getTemplate().toBuilder();
    template.getMetadataBuilder().putLabels(PodTemplates.HASH_LABEL, hash);
    var selector = deployment.getSpec().getSelector().toBuilder();
    selector.putMatchLabels(PodTemplates.HASH_LABEL, hash);
    return ReplicaSet.newBuilder()
        .setMetadata(
            ObjectMeta.newBuilder()
                .setName(name)
                .setNamespace(deployment.getMetadata().getNamespace())
                .putAllLabels(template.getMetadata().getLabelsMap())
                .putAllAnnotations(RevisionHistory.ofCurrent(deployment, Map.of(), old))
                .addOwnerReferences(
                    ControllerRef.to("apps/v1", "Deployment", deployment.getMetadata())))
        .setSpec(
            ReplicaSetSpec.newBuilder()
                .setReplicas(new DeploymentRollout(deployment, null, old).initialSize())
                .setMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                .setSelector(selector)
                .setTemplate(template))
        .build();
  }

  private ReplicaSet adjustCurrent(
      ObjectKey key,
      Deployment deployment,
      ReplicaSet current,
      List<ReplicaSet> old,
      Map<String, Integer> sizes) {
    Map<String, String> annotations =
        RevisionHistory.ofCurrent(deployment, current.getMetadata().getAnnotationsMap(), old);
    int size = sizes.getOrDefault(current.getMetadata().getName(), current.getSpec().getReplicas());
    ReplicaSet adjusted = current;
    int minReady = deployment.getSpec().getMinReadySeconds();
    if (current.getSpec().getMinReadySeconds() != minReady) {
      var spec = current.getSpec().toBuilder().setMinReadySeconds(minReady);
      adjusted = current.toBuilder().setSpec(spec).build();
    }
    return resize(key, deployment, adjusted, size, annotations);
  }

  /// Writes a set's size and annotations where they differ.
  private ReplicaSet resize(
      ObjectKey key,
      Deployment deployment,
      ReplicaSet set,
      int size,
      Map<String, String> annotations) {
    ObjectMeta meta = set.getMetadata();
    ReplicaSet stored = sets.lister().get(key.namespace(), meta.getName());
    int before = set.getSpec().getReplicas();
    var next = set.toBuilder();
    next.getSpecBuilder().setReplicas(size);
    if (size != before || size > 0 || annotations.containsKey(RevisionHistory.REVISION)) {
      next.getMetadataBuilder().putAllAnnotations(annotations);
    }
    ReplicaSet wanted = next.build();
    if (wanted.equals(stored) || wanted.equals(set) && stored == null) {
      return set;
    }
    ReplicaSet written = client.update(ResourceTypes.REPLICA_SETS, wanted, WriteOptions.NONE);
    ownWrites.wrote(key, written.getMetadata().getResourceVersion());
    if (size != before) {
      String direction = size > before ? "up" : "down";
      events.normal(
          References.to(ResourceTypes.DEPLOYMENTS, deployment),
          "ScalingReplicaSet",
          "Scaled %s replica set %s from %d to %d"
              .formatted(direction, meta.getName(), before, size));
    }
    return written;
  }

  private void prune(ObjectKey key, Deployment deployment, List<ReplicaSet> old) {
    for (ReplicaSet set : RevisionHistory.beyondLimit(deployment, old)) {
      try {
        String revision =
            client.delete(
                ResourceTypes.REPLICA_SETS,
                key.namespace(),
                set.getMetadata().getName(),
                DeleteOptions.NONE.onlyUid(set.getMetadata().getUid()));
        ownWrites.wrote(key, revision);
      } catch (ApiException e) {
        if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.CONFLICT)) {
          throw e;
        }
      }
    }
  }

  private Result writeStatus(
      ObjectKey key, Deployment deployment, @Nullable ReplicaSet current, List<ReplicaSet> old) {
    Instant now = clock.instant();
    var statuses = new DeploymentStatuses(deployment, current, old, now);
    DeploymentStatus status = statuses.compute();
    var next = deployment.toBuilder().setStatus(status);
    long newest = current == null ? 0 : RevisionHistory.revision(current.getMetadata());
    if (newest > 0) {
      // With the status, as upstream does: an update of the object would count as a new generation.
      next.getMetadataBuilder().putAnnotations(RevisionHistory.REVISION, Long.toString(newest));
    }
    Deployment wanted = next.build();
    try {
      if (!wanted.equals(deployment)) {
        Deployment written =
            client.updateSubresource(
                ResourceTypes.DEPLOYMENTS, "status", wanted, WriteOptions.NONE);
        statusWrites.wrote(key, written.getMetadata().getResourceVersion());
      }
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
      return Result.DONE;
    }
    Duration deadline = statuses.untilDeadline(status);
    return deadline == null ? Result.DONE : Result.after(deadline);
  }
}
