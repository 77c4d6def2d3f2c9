package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicy;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicySpec;
import io.kemudi.kubernetes.admissionregistration.v1.Mutation;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class MutatingAdmissionPolicyValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String APPLY = "ApplyConfiguration";
  private static final String PATCH = "JSONPatch";

  private final ExpressionFields expressions;
  private final FieldErrors errors;

  private MutatingAdmissionPolicyValidation(ExpressionCheck check, FieldErrors errors) {
    this.expressions = new ExpressionFields(check, errors);
    this.errors = errors;
  }

  /// `old` is null at creation.
  static void validate(
      MutatingAdmissionPolicy policy,
      @Nullable MutatingAdmissionPolicy old,
      ExpressionCheck check,
      FieldErrors errors) {
    new MutatingAdmissionPolicyValidation(check, errors).validate(policy.getSpec(), old);
  }

  private void validate(MutatingAdmissionPolicySpec spec, @Nullable MutatingAdmissionPolicy old) {
    AdmissionPolicyValidation.failurePolicy(
        spec.hasFailurePolicy(), spec.getFailurePolicy(), errors);
    if (spec.hasParamKind()) {
      AdmissionPolicyValidation.paramKind(spec.getParamKind(), errors);
    }
    AdmissionPolicyValidation.matchConstraints(
        spec.hasMatchConstraints(), spec.getMatchConstraints(), errors);
    boolean sameConditions =
        old != null
            && old.getSpec().hasParamKind() == spec.hasParamKind()
            && old.getSpec().getParamKind().equals(spec.getParamKind())
            && old.getSpec().getMatchConditionsList().equals(spec.getMatchConditionsList());
    if (!sameConditions) {
      new AdmissionRules(errors)
          .conditions(
              spec.getMatchConditionsList(),
              expressions,
              new ExpressionCheck.Scope(spec.hasParamKind(), List.of()),
              SPEC.child("matchConditions"));
    }
    ExpressionCheck.Scope scope =
        AdmissionPolicyValidation.variables(
            spec.getVariablesList(), spec.hasParamKind(), expressions, errors);
    if (spec.getMutationsCount() == 0) {
      errors.required(SPEC.child("mutations"), "mutations must contain at least one item");
    }
    for (int i = 0; i < spec.getMutationsCount(); i++) {
      mutation(spec.getMutations(i), scope, SPEC.child("mutations").index(i));
    }
    FieldPath reinvocation = SPEC.child("reinvocationPolicy");
    if (spec.getReinvocationPolicy().isEmpty()) {
      errors.required(reinvocation);
    } else {
      Checks.oneOf(
          spec.getReinvocationPolicy(), AdmissionRules.REINVOCATION_POLICIES, reinvocation, errors);
    }
  }

  private void mutation(Mutation mutation, ExpressionCheck.Scope scope, FieldPath path) {
    FieldPath apply = path.child("applyConfiguration");
    FieldPath patch = path.child("jsonPatch");
    switch (mutation.getPatchType()) {
      case APPLY -> {
        if (mutation.hasApplyConfiguration()) {
          expressions.required(
              ExpressionCheck.Place.APPLY_CONFIGURATION,
              mutation.getApplyConfiguration().getExpression(),
              scope,
              "expression is not specified",
              apply.child("expression"));
        }
        present(mutation.hasApplyConfiguration(), apply, APPLY);
        absent(mutation.hasJsonPatch(), patch, "{jsonPatch}", APPLY);
      }
      case PATCH -> {
        if (mutation.hasJsonPatch()) {
          expressions.required(
              ExpressionCheck.Place.JSON_PATCH,
              mutation.getJsonPatch().getExpression(),
              scope,
              "expression is not specified",
              patch.child("expression"));
        }
        present(mutation.hasJsonPatch(), patch, PATCH);
        absent(mutation.hasApplyConfiguration(), apply, "{applyConfiguration}", PATCH);
      }
      case "" -> errors.required(path.child("patchType"));
      default ->
          errors.notSupported(
              path.child("patchType"), mutation.getPatchType(), List.of(APPLY, PATCH));
    }
  }

  private void present(boolean is, FieldPath path, String type) {
    if (!is) {
      errors.required(path, "must be specified when patchType is " + type);
    }
  }

  private void absent(boolean isPresent, FieldPath path, String shown, String type) {
    if (isPresent) {
      errors.invalid(path, shown, "must not be specified when patchType is " + type);
    }
  }

  static void validate(MutatingAdmissionPolicyBinding binding, FieldErrors errors) {
    var spec = binding.getSpec();
    AdmissionPolicyValidation.policyName(spec.getPolicyName(), errors);
    if (spec.hasParamRef()) {
      AdmissionPolicyValidation.paramRef(spec.getParamRef(), errors);
    }
    if (spec.hasMatchResources()) {
      AdmissionPolicyValidation.matchResources(spec.getMatchResources(), errors);
    }
  }
}
