package io.kemudi.apiserver.admission.policy;

import io.kemudi.apimachinery.apply.ServerSideApply;
import io.kemudi.apimachinery.cel.CelFailure;
import io.kemudi.apimachinery.cel.CelValues;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.patch.JsonPatch;
import io.kemudi.apiserver.admission.AdmissionPlugin;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.admission.Rounds;
import io.kemudi.apiserver.admission.match.Expressions;
import io.kemudi.apiserver.admission.match.SeenRequest;
import io.kemudi.apiserver.admission.policy.Policies.Asked;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// MutatingAdmissionPolicy: changes objects by merging configurations into them or by JSON patches
/// (KEP-3962), one policy after the other. What they change is nobody's field.
public final class MutatingPolicies implements AdmissionPlugin {
  private final Policies policies;
  private final ObjectReader reader;

  public MutatingPolicies(ObjectReader reader) {
    this.reader = reader;
    this.policies =
        new Policies(reader, "mutatingadmissionpolicies", (tree, _) -> Policy.mutating(tree));
  }

  @Override
  public String name() {
    return "MutatingAdmissionPolicy";
  }

  @Override
  public boolean isOutside() {
    return true;
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (request.operation() == Operation.DELETE || request.operation() == Operation.CONNECT) {
      return; // there is nothing to change
    }
    List<Asked> concerning = policies.concerning(request);
    if (concerning.isEmpty()) {
      return;
    }
    Rounds.Ledger ledger = request.rounds().ledger(name());
    ledger.begin(request.object());
    List<String> failures = new ArrayList<>();
    for (Asked asked : concerning) {
      if (ledger.skips(asked.id())) {
        continue;
      }
      try {
        ledger.asked(asked.id(), mutate(request, asked), asked.policy().eager());
      } catch (CelFailure e) {
        if (!asked.policy().ignores()) {
          failures.add("policy " + asked.named() + " denied request: " + e.text());
        }
      }
    }
    ledger.end(request.object());
    if (!failures.isEmpty()) {
      throw refusal(request, failures);
    }
  }

  /// Upstream answers 403 with the reason of a 422, and clients compare both.
  private static ApiException refusal(AdmissionRequest request, List<String> failures) {
    String message =
        failures.size() == 1 ? failures.getFirst() : "[" + String.join(", ", failures) + "]";
    Target target = request.target();
    StatusDetails details =
        StatusDetails.of(target.row().group(), target.row().resource(), target.name())
            .withCauses(List.of(new StatusCause("", message, "")));
    return new ApiException(StatusReason.INVALID, StatusReason.FORBIDDEN.code(), message, details);
  }

  /// Does all mutations of a policy, each on what the one before left. Answers whether any changed
  /// the object.
  ///
  /// @throws CelFailure when one cannot be done
  private boolean mutate(AdmissionRequest request, Asked asked) {
    if (!asked.problem().isEmpty()) {
      String what = asked.binding() == null ? "policy" : "binding";
      throw failed("failed to configure " + what + ": " + asked.problem());
    }
    SeenRequest seen = policies.seen(request, asked.row());
    Map<String, @Nullable Object> namespace = policies.namespace(request);
    Evaluation evaluation =
        new Evaluation(asked.policy(), Expressions.values(seen), asked.params(), namespace);
    if (!evaluation.concerns(asked.policy())) {
      return false;
    }
    boolean changed = false;
    for (Policy.Mutation mutation : asked.policy().mutations()) {
      if (changed) {
        evaluation =
            new Evaluation(asked.policy(), Expressions.values(seen), asked.params(), namespace);
      }
      changed |= mutate(seen, mutation, evaluation);
    }
    return changed;
  }

  private boolean mutate(SeenRequest seen, Policy.Mutation mutation, Evaluation evaluation) {
    Map<String, @Nullable Object> object = seen.object();
    if (object == null) {
      return false;
    }
    Object wanted = CelValues.toTree(evaluation.give(mutation.expression()));
    try {
      return seen.replace(
          mutation.patch()
              ? JsonPatch.applyOrTell(object, wanted)
              : ServerSideApply.merged(
                  reader.forms().topology(seen.target()), object, configuration(wanted)));
    } catch (JsonPatch.RefusedException e) {
      throw failed("JSON Patch: " + e.text());
    } catch (ApiException e) {
      throw failed(e.text());
    }
  }

  /// What it is must not be changed, and who it is.
  private static Map<String, @Nullable Object> configuration(@Nullable Object wanted) {
    Map<String, @Nullable Object> tree = Trees.objectOrNull(wanted);
    if (tree == null) {
      throw failed("the expression must give an Object{...}");
    }
    for (String field : List.of("apiVersion", "kind")) {
      if (tree.containsKey(field)) {
        throw failed("invalid ApplyConfiguration: may not mutate ." + field);
      }
    }
    for (String field : List.of("name", "namespace", "uid", "managedFields")) {
      if (Trees.at(tree, "metadata", field) != null) {
        throw failed("invalid ApplyConfiguration: may not mutate .metadata." + field);
      }
    }
    return tree;
  }

  private static CelFailure failed(String message) {
    return new CelFailure(CelFailure.Cause.EVALUATION, message);
  }
}
