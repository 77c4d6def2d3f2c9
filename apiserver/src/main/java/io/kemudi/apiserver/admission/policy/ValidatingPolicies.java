package io.kemudi.apiserver.admission.policy;

import io.kemudi.apimachinery.cel.CelFailure;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.admission.AdmissionPlugin;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.match.Expressions;
import io.kemudi.apiserver.admission.match.SeenRequest;
import io.kemudi.apiserver.admission.policy.Policies.Asked;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.ResourceRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// ValidatingAdmissionPolicy: refuses, warns or notes for the audit, as the bindings say
/// (KEP-3488). All policies are asked; the first denial is told.
public final class ValidatingPolicies implements AdmissionPlugin {
  private static final String FAILURES = "validation.policy.admission.k8s.io/validation_failure";

  private final Policies policies;

  public ValidatingPolicies(ObjectReader reader) {
    policies =
        new Policies(reader, "validatingadmissionpolicies", (tree, _) -> Policy.validating(tree));
  }

  @Override
  public String name() {
    return "ValidatingAdmissionPolicy";
  }

  @Override
  public boolean isOutside() {
    return true;
  }

  @Override
  public void validate(AdmissionRequest request) {
    List<Asked> concerning = policies.concerning(request);
    if (!concerning.isEmpty()) {
      new Round(request).ask(concerning);
    }
  }

  private record Denial(Asked asked, Verdict.Denied verdict) {}

  /// One request's way through the policies.
  private final class Round {
    private final AdmissionRequest request;
    private final @Nullable Map<String, @Nullable Object> namespace;
    private final Map<ResourceRow, Map<String, Object>> known = new HashMap<>();
    private final List<Denial> denials = new ArrayList<>();
    private final Map<String, Set<String>> annotations = new LinkedHashMap<>();
    private final List<Object> noted = new ArrayList<>();

    Round(AdmissionRequest request) {
      this.request = request;
      this.namespace = policies.namespace(request);
    }

    void ask(List<Asked> concerning) {
      for (Asked asked : concerning) {
        if (asked.problem().isEmpty()) {
          evaluate(asked);
        } else if (!asked.policy().ignores()) {
          String what = asked.binding() == null ? "policy" : "binding";
          denials.add(
              new Denial(
                  asked,
                  new Verdict.Denied("", "failed to configure " + what + ": " + asked.problem())));
        }
      }
      annotations.forEach(
          (key, values) -> request.context().audit().annotate(key, String.join(", ", values)));
      if (!noted.isEmpty()) {
        request
            .context()
            .audit()
            .annotate(FAILURES, new String(Json.write(noted), StandardCharsets.UTF_8));
      }
      if (!denials.isEmpty()) {
        throw refusal(denials.getFirst());
      }
    }

    private void evaluate(Asked asked) {
      Map<String, Object> values =
          known.computeIfAbsent(
              asked.row(),
              row -> {
                SeenRequest seen = policies.seen(request, row);
                return Expressions.values(seen);
              });
      Evaluation evaluation = new Evaluation(asked.policy(), values, asked.params(), namespace);
      try {
        if (!evaluation.concerns(asked.policy())) {
          return;
        }
      } catch (CelFailure e) {
        follow(asked, 0, Verdict.ofFailure(asked.policy(), e.text()));
        return;
      }
      int index = 0;
      for (Policy.Validation validation : asked.policy().validations()) {
        follow(asked, index++, Verdict.of(asked.policy(), validation, evaluation));
      }
      annotate(asked, evaluation);
    }

    private void follow(Asked asked, int index, Verdict verdict) {
      if (!(verdict instanceof Verdict.Denied denied)) {
        return;
      }
      for (String action : Objects.requireNonNull(asked.binding()).actions()) {
        switch (action) {
          case "Deny" -> denials.add(new Denial(asked, denied));
          case "Warn" ->
              request
                  .context()
                  .warn(
                      "Validation failed for ValidatingAdmissionPolicy "
                          + asked.named()
                          + ": "
                          + denied.message());
          case "Audit" -> note(asked, index, denied);
          default -> {} // of a later version: validation lets none in
        }
      }
    }

    private void note(Asked asked, int index, Verdict.Denied denied) {
      Map<String, @Nullable Object> failure = new LinkedHashMap<>();
      failure.put("message", denied.message());
      failure.put("policy", asked.policy().name());
      failure.put("binding", Objects.requireNonNull(asked.binding()).name());
      failure.put("expressionIndex", (long) index);
      failure.put("validationActions", Objects.requireNonNull(asked.binding()).actions());
      noted.add(failure);
    }

    private void annotate(Asked asked, Evaluation evaluation) {
      for (Policy.AuditAnnotation annotation : asked.policy().annotations()) {
        try {
          String value = Verdict.annotation(annotation.value(), evaluation);
          if (!value.isEmpty()) {
            annotations
                .computeIfAbsent(
                    asked.policy().name() + "/" + annotation.key(), _ -> new LinkedHashSet<>())
                .add(value);
          }
        } catch (CelFailure e) {
          if (!asked.policy().ignores()) {
            denials.add(new Denial(asked, new Verdict.Denied("", e.text())));
          }
        }
      }
    }

    private ApiException refusal(Denial denial) {
      String message =
          "ValidatingAdmissionPolicy "
              + denial.asked().named()
              + " denied request: "
              + denial.verdict().message();
      StatusReason reason =
          switch (denial.verdict().reason()) {
            case "Forbidden" -> StatusReason.FORBIDDEN;
            case "Unauthorized" -> StatusReason.UNAUTHORIZED;
            case "RequestEntityTooLarge" -> StatusReason.REQUEST_ENTITY_TOO_LARGE;
            default -> StatusReason.INVALID;
          };
      ApiException forbidden = request.forbidden(message);
      StatusDetails details = Objects.requireNonNull(forbidden.details());
      return new ApiException(
          reason, forbidden.text(), details.withCauses(List.of(new StatusCause("", message, ""))));
    }
  }
}
