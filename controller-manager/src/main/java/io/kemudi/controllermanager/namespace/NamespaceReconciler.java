package io.kemudi.controllermanager.namespace;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.informer.Informer;
import io.kemudi.controllermanager.customresource.CustomResources;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.core.v1.NamespaceCondition;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Deletes everything in a namespace that is being deleted, pods first (KEP-5080: nothing that a
/// running pod relies on goes before it), and takes the finalizer `kubernetes` away once nothing is
/// left. What holds it up is named in the namespace's conditions.
public final class NamespaceReconciler implements Reconciler<ObjectKey> {
  private static final String FINALIZER = "kubernetes";

  /// Things with finalizers or grace go in their own time; looked at again this often.
  private static final Duration AGAIN = Duration.ofMillis(500);

  private final ApiClient client;
  private final Informer<Namespace> namespaces;
  private final Informer<CustomResourceDefinition> definitions;
  private final InstantSource clock;

  /// `definitions` is of [CustomResources#DEFINITIONS].
  public NamespaceReconciler(
      ApiClient client,
      Informer<Namespace> namespaces,
      Informer<CustomResourceDefinition> definitions,
      InstantSource clock) {
    this.client = client;
    this.namespaces = namespaces;
    this.definitions = definitions;
    this.clock = clock;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Namespace namespace = namespaces.lister().get(key);
    if (namespace == null
        || !namespace.getMetadata().hasDeletionTimestamp()
        || !namespace.getSpec().getFinalizersList().contains(FINALIZER)) {
      return Result.DONE;
    }
    var pods = new Remaining();
    empty(ResourceTypes.metadata("", "v1", "pods", "Pod", true), key.name(), pods);
    var rest = new Remaining();
    if (pods.isEmpty()) {
      for (ResourceInfo info : deletable()) {
        empty(type(info), key.name(), rest);
      }
      emptyOfCustomObjects(key.name(), rest);
    }
    Remaining all = pods.isEmpty() ? rest : pods;
    if (all.isEmpty()) {
      finish(namespace);
      return Result.DONE;
    }
    report(namespace, all);
    return Result.after(AGAIN);
  }

  /// Before the namespace may go, the server itself is asked for definitions: what the local copy
  /// does not show yet must not leave objects behind.
  private void emptyOfCustomObjects(String namespace, Remaining remaining) {
    Set<ResourceType<?>> emptied = new HashSet<>();
    definitions.lister().list().forEach(d -> emptyOf(d, namespace, emptied, remaining));
    if (remaining.isEmpty()) {
      client
          .list(CustomResources.DEFINITIONS, ListOptions.ALL)
          .items()
          .forEach(d -> emptyOf(d, namespace, emptied, remaining));
    }
  }

  private void emptyOf(
      CustomResourceDefinition definition,
      String namespace,
      Set<ResourceType<?>> emptied,
      Remaining remaining) {
    ResourceType<PartialObjectMetadata> type = CustomResources.metadata(definition);
    if (type != null && type.namespaced() && emptied.add(type)) {
      empty(type, namespace, remaining);
    }
  }

  /// Stored once, in whichever version comes first.
  private static List<ResourceInfo> deletable() {
    var seen = new TreeMap<String, ResourceInfo>();
    for (ResourceInfo info : ResourceInfos.all()) {
      if (info.namespaced() && info.stored() && info.verbs().contains("deletecollection")) {
        seen.putIfAbsent(info.keyPrefix(), info);
      }
    }
    return List.copyOf(seen.values());
  }

  private static ResourceType<PartialObjectMetadata> type(ResourceInfo info) {
    return ResourceTypes.metadata(info.group(), info.version(), info.resource(), info.kind(), true);
  }

  private void empty(
      ResourceType<PartialObjectMetadata> type, String namespace, Remaining remaining) {
    try {
      List<PartialObjectMetadata> before = client.list(type, ListOptions.in(namespace)).items();
      if (before.isEmpty()) {
        return;
      }
      client.deleteCollection(
          type,
          ListOptions.in(namespace),
          DeleteOptions.NONE.propagation(DeleteOptions.Propagation.BACKGROUND));
      for (PartialObjectMetadata left : client.list(type, ListOptions.in(namespace)).items()) {
        remaining.add(type, left);
      }
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND) && !e.is(StatusReason.METHOD_NOT_ALLOWED)) {
        remaining.failed(type, e);
      }
    }
  }

  private void finish(Namespace namespace) {
    var spec = namespace.getSpec().toBuilder().clearFinalizers();
    namespace.getSpec().getFinalizersList().stream()
        .filter(f -> !f.equals(FINALIZER))
        .forEach(spec::addFinalizers);
    try {
      client.updateSubresource(
          ResourceTypes.NAMESPACES,
          "finalize",
          namespace.toBuilder().setSpec(spec).build(),
          WriteOptions.NONE);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
    }
  }

  private void report(Namespace namespace, Remaining remaining) {
    var status = namespace.getStatus().toBuilder().clearConditions();
    for (Map.Entry<String, String[]> entry : remaining.conditions().entrySet()) {
      String type = entry.getKey();
      String value = entry.getValue()[0];
      NamespaceCondition before =
          namespace.getStatus().getConditionsList().stream()
              .filter(c -> c.getType().equals(type))
              .findFirst()
              .orElse(NamespaceCondition.getDefaultInstance());
      status.addConditions(
          NamespaceCondition.newBuilder()
              .setType(type)
              .setStatus(value)
              .setReason(entry.getValue()[1])
              .setMessage(entry.getValue()[2])
              .setLastTransitionTime(
                  before.getStatus().equals(value)
                      ? before.getLastTransitionTime()
                      : Time.newBuilder().setSeconds(clock.instant().getEpochSecond()).build()));
    }
    if (!status.build().equals(namespace.getStatus())) {
      client.updateSubresource(
          ResourceTypes.NAMESPACES,
          "status",
          namespace.toBuilder().setStatus(status).build(),
          WriteOptions.NONE);
    }
  }

  /// What is still there and why, in upstream's condition types and words.
  private static final class Remaining {
    private final Map<String, Integer> objects = new TreeMap<>();
    private final Map<String, Integer> finalizers = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();

    void add(ResourceType<?> type, PartialObjectMetadata object) {
      String resource = type.resource() + "." + type.group();
      objects.merge(resource, 1, Integer::sum);
      object.getMetadata().getFinalizersList().forEach(f -> finalizers.merge(f, 1, Integer::sum));
    }

    void failed(ResourceType<?> type, ApiException e) {
      failures.add(type + ": " + e.text());
    }

    boolean isEmpty() {
      return objects.isEmpty() && failures.isEmpty();
    }

    /// Type -> status, reason, message.
    Map<String, String[]> conditions() {
      var conditions = new java.util.LinkedHashMap<String, String[]>();
      conditions.put(
          "NamespaceDeletionDiscoveryFailure",
          new String[] {"False", "ResourcesDiscovered", "All resources successfully discovered"});
      conditions.put(
          "NamespaceDeletionGroupVersionParsingFailure",
          new String[] {
            "False", "ParsedGroupVersions", "All legacy kube types successfully parsed"
          });
      conditions.put(
          "NamespaceDeletionContentFailure",
          failures.isEmpty()
              ? new String[] {
                "False",
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"
              }
              : new String[] {
                "True",
                "ContentDeletionFailed",
                "Failed to delete all resource types, "
                    + failures.size()
                    + " remaining: "
                    + String.join(", ", failures)
              });
      conditions.put(
          "NamespaceContentRemaining",
          objects.isEmpty()
              ? new String[] {"False", "ContentRemoved", "All content successfully removed"}
              : new String[] {
                "True",
                "SomeResourcesRemain",
                "Some resources are remaining: " + sentence(objects, "%s has %d resource instances")
              });
      conditions.put(
          "NamespaceFinalizersRemaining",
          finalizers.isEmpty()
              ? new String[] {
                "False", "ContentHasNoFinalizers", "All content-preserving finalizers finished"
              }
              : new String[] {
                "True",
                "SomeFinalizersRemain",
                "Some content in the namespace has finalizers remaining: "
                    + sentence(finalizers, "%s in %d resource instances")
              });
      return conditions;
    }

    private static String sentence(Map<String, Integer> counts, String form) {
      return String.join(
          ", ",
          counts.entrySet().stream().map(e -> form.formatted(e.getKey(), e.getValue())).toList());
    }
  }
}
