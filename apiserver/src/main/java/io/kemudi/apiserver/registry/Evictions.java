package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.WritePath.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// `pods/eviction`: a deletion that asks the pod's disruption budget first. See [DisruptionBudget]
/// for what the budget says.
final class Evictions {
  private static final ObjectForm EVICTION =
      new ObjectForm("policy/v1", "Eviction", "policy.v1.Eviction");

  /// How often a pod that changes meanwhile is looked at again.
  private static final int ATTEMPTS = 20;

  private final WritePath writes;
  private final DeletePath deletes;
  private final Function<String, ResourceEntry> entries;

  Evictions(WritePath writes, DeletePath deletes, Function<String, ResourceEntry> entries) {
    this.writes = writes;
    this.deletes = deletes;
    this.entries = entries;
  }

  Reply evict(RequestContext context, Target target, Body body, WriteOptions options) {
    Map<String, @Nullable Object> eviction =
        BodyDecoder.decode(context, EVICTION, body, options.fieldValidation());
    WritePath.placeInNamespace(target, eviction);
    if (!Meta.name(eviction).equals(target.name())) {
      throw ApiException.badRequest("name in URL does not match name in Eviction object");
    }
    DeleteOptions how = deleteOptions(Trees.at(eviction, "deleteOptions"), options.dryRun());
    Options.check(how);
    ResourceEntry pods = entries.apply("pods");
    Target pod = Target.object(pods.row(), target.namespace(), target.name());
    writes.admit(context, Operation.CREATE, pod.sub("eviction"), eviction, how.dryRun());
    for (int attempt = 1; ; attempt++) {
      try {
        evictOnce(Write.of(context, pods, pod, options), how);
        return Reply.created(Statuses.created());
      } catch (ApiException e) {
        // The pod may have become one that its budget protects: it is asked about anew.
        boolean again =
            e.is(StatusReason.CONFLICT) && how.resourceVersion() == null && how.uid() == null;
        if (!again || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void evictOnce(Write write, DeleteOptions how) {
    Target pod = write.target();
    StoredObject object = write.entry().storage().latest(pod.namespace(), pod.name());
    if (object == null) {
      throw ApiException.notFound("", "pods", pod.name());
    }
    Map<String, @Nullable Object> tree = write.entry().hubTree(object);
    String revision = how.resourceVersion();
    boolean uncounted = false;
    if (DisruptionBudget.isFree(tree)) {
      if (revision == null && !DisruptionBudget.isOver(tree)) {
        revision = Long.toString(object.revision());
      }
    } else if (!spend(pod, tree, how.dryRun())) {
      uncounted = true;
      revision = revision == null ? Long.toString(object.revision()) : revision;
    }
    try {
      deletes.delete(write, how.at(revision), this::noteEviction);
    } catch (ApiException e) {
      if (uncounted && e.is(StatusReason.CONFLICT) && how.resourceVersion() == null) {
        throw DisruptionBudget.beingProcessed(
            budgetsOf(pod.namespace(), tree).stream().map(Meta::name).findFirst().orElse(""));
      }
      throw e;
    }
  }

  private boolean noteEviction(Map<String, @Nullable Object> pod) {
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("type", "DisruptionTarget");
    condition.put("status", "True");
    condition.put("reason", "EvictionByEvictionAPI");
    condition.put("message", "Eviction API: evicting");
    return Conditions.set(
        Trees.child(pod, "status"), condition, Meta.time(writes.timers().instant()));
  }

  private static DeleteOptions deleteOptions(@Nullable Object value, boolean dryRun) {
    Map<String, @Nullable Object> tree = Trees.objectOrNull(value);
    if (tree == null) {
      return new DeleteOptions(null, null, null, null, null, dryRun);
    }
    boolean all = tree.get("dryRun") instanceof List<?> list && list.contains("All");
    return new DeleteOptions(
        tree.get("gracePeriodSeconds") instanceof Long seconds ? seconds : null,
        tree.get("propagationPolicy") instanceof String policy ? policy : null,
        tree.get("orphanDependents") instanceof Boolean orphan ? orphan : null,
        Trees.at(tree, "preconditions", "uid") instanceof String uid ? uid : null,
        Trees.at(tree, "preconditions", "resourceVersion") instanceof String version
            ? version
            : null,
        dryRun || all);
  }

  // ---- the budget ----

  /// Takes one disruption from the pod's budget. Answers false when the pod does not count for it,
  /// so that nothing was taken and the pod must go as it is now or not at all.
  ///
  /// @throws ApiException 429 when the budget has none left
  private boolean spend(Target pod, Map<String, @Nullable Object> tree, boolean dryRun) {
    List<Map<String, @Nullable Object>> matching = budgetsOf(pod.namespace(), tree);
    if (matching.isEmpty()) {
      return true;
    }
    if (matching.size() > 1) {
      throw new ApiException(
          StatusReason.UNKNOWN,
          "This pod has more than one PodDisruptionBudget, which the eviction subresource does not"
              + " support.");
    }
    Map<String, @Nullable Object> budget = matching.getFirst();
    if (!DisruptionBudget.isReady(tree) && DisruptionBudget.letsUnhealthyGo(budget)) {
      return false;
    }
    ResourceEntry budgets = entries.apply("poddisruptionbudgets.policy");
    Target target = Target.object(budgets.row(), pod.namespace(), Meta.name(budget)).sub("status");
    // The requester needs no right to write budgets: it is the server that keeps the accounts.
    RequestContext server =
        new RequestContext(User.loopback(), "kube-apiserver", Authorizer.ALLOW_ALL, AuditHook.NONE);
    writes.update(
        Write.of(server, budgets, target, new WriteOptions(dryRun, "", "")),
        now -> {
          DisruptionBudget.spend(now, pod.name(), Meta.time(writes.timers().instant()));
          return now;
        });
    return true;
  }

  private List<Map<String, @Nullable Object>> budgetsOf(
      String namespace, Map<String, @Nullable Object> pod) {
    ResourceEntry budgets = entries.apply("poddisruptionbudgets.policy");
    Map<String, String> labels = Meta.labels(pod);
    Target collection = Target.collection(budgets.row(), namespace);
    List<Map<String, @Nullable Object>> matching = new ArrayList<>();
    for (StoredObject each :
        budgets
            .storage()
            .lister()
            .list(Selections.of(budgets, collection, "", "", null), ListOptions.ALL.at("0", ""))) {
      Map<String, @Nullable Object> budget = budgets.hubTree(each);
      if (selects(budget, labels)) {
        matching.add(budget);
      }
    }
    return matching;
  }

  private static boolean selects(Map<String, @Nullable Object> budget, Map<String, String> labels) {
    Map<String, @Nullable Object> selector =
        Trees.objectOrNull(Trees.at(budget, "spec", "selector"));
    if (selector == null) {
      return false;
    }
    byte[] bytes = ProtobufCodec.encode(Schema.message("meta.v1.LabelSelector"), selector);
    try {
      return LabelSelector.of(io.kemudi.kubernetes.meta.v1.LabelSelector.parseFrom(bytes))
          .matches(labels);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException("a selector cannot be read", e);
    }
  }
}
