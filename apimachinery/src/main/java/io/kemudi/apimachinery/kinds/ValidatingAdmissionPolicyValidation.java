package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.admissionregistration.v1.AuditAnnotation;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import io.kemudi.kubernetes.admissionregistration.v1.Validation;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

final class ValidatingAdmissionPolicyValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> REASONS =
      List.of("Forbidden", "Invalid", "RequestEntityTooLarge");
  private static final List<String> ACTIONS = List.of("Audit", "Deny", "Warn");
  private static final int ANNOTATIONS_MAX = 20;
  private static final int ANNOTATION_EXPRESSION_MAX_BYTES = 5 * 1024;

  private final ValidatingAdmissionPolicy policy;
  private final ExpressionFields expressions;
  private final FieldErrors errors;

  private ValidatingAdmissionPolicyValidation(
      ValidatingAdmissionPolicy policy, ExpressionCheck check, FieldErrors errors) {
    this.policy = policy;
    this.expressions = new ExpressionFields(check, errors);
    this.errors = errors;
  }

  /// `old` is null at creation.
  static void validate(
      ValidatingAdmissionPolicy policy,
      @Nullable ValidatingAdmissionPolicy old,
      ExpressionCheck check,
      FieldErrors errors) {
    new ValidatingAdmissionPolicyValidation(policy, check, errors).validate(old);
  }

  private void validate(@Nullable ValidatingAdmissionPolicy old) {
    ValidatingAdmissionPolicySpec spec = policy.getSpec();
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
    if (spec.getValidationsCount() == 0 && spec.getAuditAnnotationsCount() == 0) {
      String either = "validations or auditAnnotations must contain at least one item";
      errors.required(SPEC.child("validations"), either);
      errors.required(SPEC.child("auditAnnotations"), either);
      return;
    }
    for (int i = 0; i < spec.getValidationsCount(); i++) {
      validation(spec.getValidations(i), scope, SPEC.child("validations").index(i));
    }
    annotations(spec.getAuditAnnotationsList(), scope, SPEC.child("auditAnnotations"));
  }

  private void validation(Validation validation, ExpressionCheck.Scope scope, FieldPath path) {
    expressions.required(
        ExpressionCheck.Place.POLICY_VALIDATION,
        validation.getExpression(),
        scope,
        "expression is not specified",
        path.child("expression"));
    String messageExpression = validation.getMessageExpression();
    if (!messageExpression.isEmpty() && messageExpression.isBlank()) {
      errors.invalid(
          path.child("messageExpression"), messageExpression, "must be non-empty if specified");
    } else if (!messageExpression.isEmpty()) {
      expressions.check(
          ExpressionCheck.Place.POLICY_MESSAGE,
          messageExpression,
          scope,
          path.child("messageExpression"));
    }
    String message = validation.getMessage();
    if (!message.isEmpty() && message.isBlank()) {
      errors.invalid(path.child("message"), message, "must be non-empty if specified");
    } else if (ExpressionFields.hasLineBreak(message.strip())) {
      errors.invalid(path.child("message"), message, "must not contain line breaks");
    }
    if (validation.hasReason()) {
      Checks.oneOf(validation.getReason(), REASONS, path.child("reason"), errors);
    }
  }

  private void annotations(
      List<AuditAnnotation> annotations, ExpressionCheck.Scope scope, FieldPath path) {
    if (annotations.size() > ANNOTATIONS_MAX) {
      errors.invalid(
          path,
          annotations.stream().map(GoForm::of).toList(),
          "must not have more than " + ANNOTATIONS_MAX + " auditAnnotations");
    }
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < annotations.size(); i++) {
      AuditAnnotation annotation = annotations.get(i);
      String qualified = policy.getMetadata().getName() + "/" + annotation.getKey();
      Checks.form(qualified, Names::qualified, path.index(i).child("key"), errors);
      FieldPath place = path.index(i).child("valueExpression");
      String expression = annotation.getValueExpression().strip();
      if (expression.getBytes(StandardCharsets.UTF_8).length > ANNOTATION_EXPRESSION_MAX_BYTES) {
        errors.required(
            place, "must not exceed " + ANNOTATION_EXPRESSION_MAX_BYTES + " bytes in length");
      } else {
        expressions.required(
            ExpressionCheck.Place.AUDIT_ANNOTATION,
            expression,
            scope,
            "valueExpression is not specified",
            place);
      }
      if (!keys.add(annotation.getKey())) {
        errors.duplicate(path.index(i).child("key"), annotation.getKey());
      }
    }
  }

  static void validateStatus(ValidatingAdmissionPolicy policy, FieldErrors errors) {
    FieldPath path = FieldPath.of("status");
    var warnings = policy.getStatus().getTypeChecking().getExpressionWarningsList();
    for (int i = 0; i < warnings.size(); i++) {
      FieldPath place = path.child("typeChecking", "expressionWarnings").index(i);
      Checks.requiredText(warnings.get(i).getWarning(), place.child("warning"), errors);
      Checks.requiredText(warnings.get(i).getFieldRef().strip(), place.child("fieldRef"), errors);
    }
    ConditionValidation.validate(
        policy.getStatus().getConditionsList(), path.child("conditions"), errors);
  }

  static void validate(ValidatingAdmissionPolicyBinding binding, FieldErrors errors) {
    var spec = binding.getSpec();
    AdmissionPolicyValidation.policyName(spec.getPolicyName(), errors);
    if (spec.hasParamRef()) {
      AdmissionPolicyValidation.paramRef(spec.getParamRef(), errors);
    }
    if (spec.hasMatchResources()) {
      AdmissionPolicyValidation.matchResources(spec.getMatchResources(), errors);
    }
    actions(spec.getValidationActionsList(), SPEC.child("validationActions"), errors);
  }

  private static void actions(List<String> actions, FieldPath path, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < actions.size(); i++) {
      Checks.oneOf(actions.get(i), ACTIONS, path.index(i), errors);
      if (!seen.add(actions.get(i))) {
        errors.duplicate(path.index(i), actions.get(i));
      }
    }
    if (seen.contains("Deny") && seen.contains("Warn")) {
      errors.invalid(
          path,
          actions,
          "must not contain both Deny and Warn (repeating the same validation failure information in"
              + " the API response and headers serves no purpose)");
    }
    if (actions.isEmpty()) {
      errors.required(path, "at least one validation action is required");
    }
  }
}
