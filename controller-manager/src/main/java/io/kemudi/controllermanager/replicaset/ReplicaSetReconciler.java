package io.kemudi.controllermanager.replicaset;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.Outcome;
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
import io.kemudi.controllermanager.replicaset.ReplicaSetStatuses.Failure;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.apps.v1.ReplicaSetStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes a ReplicaSet's pods as many as it asks for, and its status true.
public final class ReplicaSetReconciler implements Reconciler<ObjectKey> {
  /// At most this many pods are made or deleted in one go; the rest follows at once (upstream's
  /// BurstReplicas).
  private static final int BURST = 500;

  /// Looks again this soon while the local copy is behind own writes.
  private static final Duration CATCH_UP = Duration.ofMillis(5);

  private final ApiClient client;
  private final Informer<ReplicaSet> sets;
  private final Informer<Pod> pods;
  private final Events events;
  private final InstantSource clock;
  private final Claims<Pod> claims;
  private final OwnerIndex<Pod> podsByOwner;
  private final OwnWrites<ObjectKey> ownWrites = new OwnWrites<>(); // of pods
  private final OwnWrites<ObjectKey> statusWrites = new OwnWrites<>();

  public ReplicaSetReconciler(
      ApiClient client,
      Informer<ReplicaSet> sets,
      Informer<Pod> pods,
      OwnerIndex<Pod> podsByOwner,
      Events events,
      InstantSource clock) {
    this.client = client;
    this.sets = sets;
    this.pods = pods;
    this.podsByOwner = podsByOwner;
    this.events = events;
    this.clock = clock;
    this.claims = new Claims<>(client, ResourceTypes.PODS, "apps/v1", "ReplicaSet");
  }

  @Override
  public Result reconcile(ObjectKey key) {
    ReplicaSet set = sets.lister().get(key);
    if (set == null) {
      ownWrites.forget(key);
      statusWrites.forget(key);
      return Result.DONE;
    }
    if (!ownWrites.shownAt(key, pods.resourceVersion())
        || !statusWrites.shownAt(key, sets.resourceVersion())) {
      return Result.after(CATCH_UP);
    }
    var selector = LabelSelector.of(set.getSpec().getSelector());
    List<Pod> owned =
        claims.claim(
            set.getMetadata(), selector::matches, podsByOwner.candidates(set.getMetadata()));
    Failure failure = set.getMetadata().hasDeletionTimestamp() ? null : resize(key, set, owned);
    Instant now = clock.instant();
    ReplicaSetStatus status = ReplicaSetStatuses.compute(set, owned, failure, now);
    if (!status.equals(set.getStatus())) {
      writeStatus(key, set, status);
    }
    if (failure != null) {
      throw failure.why();
    }
    return nextLook(set, owned, now);
  }

  private @Nullable Failure resize(ObjectKey key, ReplicaSet set, List<Pod> owned) {
    List<Pod> active = owned.stream().filter(PodStates::isActive).toList();
    int missing = set.getSpec().getReplicas() - active.size();
    if (missing > 0) {
      return create(key, set, Math.min(missing, BURST));
    }
    if (missing < 0) {
      return delete(
          key, set, PodDeletionOrder.first(Math.min(-missing, BURST), active, clock.instant()));
    }
    return null;
  }

  /// Slow start: one pod, then twice as many each time while all succeed, so that a template that
  /// the server refuses costs one refusal and not five hundred.
  private @Nullable Failure create(ObjectKey key, ReplicaSet set, int count) {
    Pod pod = podOf(set);
    int left = count;
    for (int batch = 1; left > 0; batch = Math.min(left, batch * 2)) {
      Failure failure = null;
      var outcomes =
          client.createAll(ResourceTypes.PODS, Collections.nCopies(batch, pod), WriteOptions.NONE);
      for (Outcome<Pod> outcome : outcomes) {
        switch (outcome) {
          case Outcome.Done<Pod>(Pod made) -> {
            ownWrites.wrote(key, made.getMetadata().getResourceVersion());
            events.normal(
                References.to(ResourceTypes.REPLICA_SETS, set),
                "SuccessfulCreate",
                "Created pod: " + made.getMetadata().getName());
          }
          case Outcome.Refused<Pod>(ApiException why) -> {
            if (NamespaceRefusals.isGoing(why)) {
              return null; // the set goes with it
            }
            failure = new Failure("FailedCreate", why);
            events.warning(
                References.to(ResourceTypes.REPLICA_SETS, set),
                "FailedCreate",
                "Error creating: " + why.text());
          }
        }
      }
      if (failure != null) {
        return failure;
      }
      left -= batch;
    }
    return null;
  }

  private @Nullable Failure delete(ObjectKey key, ReplicaSet set, List<Pod> victims) {
    Failure failure = null;
    for (Pod pod : victims) {
      try {
        String revision =
            client.delete(
                ResourceTypes.PODS,
                key.namespace(),
                pod.getMetadata().getName(),
                DeleteOptions.NONE.onlyUid(pod.getMetadata().getUid()));
        ownWrites.wrote(key, revision);
        events.normal(
            References.to(ResourceTypes.REPLICA_SETS, set),
            "SuccessfulDelete",
            "Deleted pod: " + pod.getMetadata().getName());
      } catch (ApiException e) {
        if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.CONFLICT)) {
          failure = new Failure("FailedDelete", e);
        }
      }
    }
    return failure;
  }

  static Pod podOf(ReplicaSet set) {
    ObjectMeta template = set.getSpec().getTemplate().getMetadata();
    return Pod.newBuilder()
        .setMetadata(
            ObjectMeta.newBuilder()
                .setGenerateName(prefix(set.getMetadata().getName()))
                .setNamespace(set.getMetadata().getNamespace())
                .putAllLabels(template.getLabelsMap())
                .putAllAnnotations(template.getAnnotationsMap())
                .addAllFinalizers(template.getFinalizersList())
                .addOwnerReferences(ControllerRef.to("apps/v1", "ReplicaSet", set.getMetadata())))
        .setSpec(set.getSpec().getTemplate().getSpec())
        .build();
  }

  /// `web-5d4f-`, or the bare name where the dash would make it no valid prefix.
  private static String prefix(String name) {
    return name.length() >= 253 ? name : name + "-";
  }

  private void writeStatus(ObjectKey key, ReplicaSet set, ReplicaSetStatus status) {
    try {
      ReplicaSet written =
          client.updateSubresource(
              ResourceTypes.REPLICA_SETS,
              "status",
              set.toBuilder().setStatus(status).build(),
              WriteOptions.NONE);
      statusWrites.wrote(key, written.getMetadata().getResourceVersion());
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
    }
  }

  /// A pod that is ready but not yet available needs another look when it becomes so.
  private static Result nextLook(ReplicaSet set, List<Pod> owned, Instant now) {
    int minReady = set.getSpec().getMinReadySeconds();
    var waits = new ArrayList<Duration>();
    for (Pod pod : owned) {
      if (PodStates.isActive(pod) && PodStates.isReady(pod)) {
        Duration wait = PodStates.untilAvailable(pod, minReady, now);
        if (!wait.isZero()) {
          waits.add(wait);
        }
      }
    }
    return waits.isEmpty() ? Result.DONE : Result.after(Collections.min(waits));
  }
}
