package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhook;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhookConfiguration;
import io.kemudi.kubernetes.admissionregistration.v1.ServiceReference;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingWebhook;
import io.kemudi.kubernetes.admissionregistration.v1.WebhookClientConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The webhooks of admission. A mutating one is a validating one that may also be called again, so
/// one class checks both.
final class WebhookConfigurationValidation {
  private static final FieldPath WEBHOOKS = FieldPath.of("webhooks");
  private static final List<String> SIDE_EFFECTS =
      List.of("None", "NoneOnDryRun", "Some", "Unknown");
  private static final List<String> NO_SIDE_EFFECTS = List.of("None", "NoneOnDryRun");
  private static final int TIMEOUT_MAX_SECONDS = 30;

  private final List<ValidatingWebhook> old;
  private final ExpressionCheck check;
  private final FieldErrors errors;

  private WebhookConfigurationValidation(
      List<ValidatingWebhook> old, ExpressionCheck check, FieldErrors errors) {
    this.old = old;
    this.check = check;
    this.errors = errors;
  }

  /// `old` holds what is stored now, of which nothing is asked that it does not have; empty at
  /// creation.
  static void validate(
      List<ValidatingWebhook> webhooks,
      List<ValidatingWebhook> old,
      ExpressionCheck check,
      FieldErrors errors) {
    new WebhookConfigurationValidation(old, check, errors).validate(webhooks, List.of());
  }

  static void validate(
      MutatingWebhookConfiguration configuration,
      @Nullable MutatingWebhookConfiguration old,
      ExpressionCheck check,
      FieldErrors errors) {
    List<MutatingWebhook> webhooks = configuration.getWebhooksList();
    new WebhookConfigurationValidation(old == null ? List.of() : common(old), check, errors)
        .validate(
            common(configuration),
            webhooks.stream()
                .map(one -> one.hasReinvocationPolicy() ? one.getReinvocationPolicy() : "Never")
                .toList());
  }

  private static List<ValidatingWebhook> common(MutatingWebhookConfiguration configuration) {
    return configuration.getWebhooksList().stream()
        .map(WebhookConfigurationValidation::common)
        .toList();
  }

  private static ValidatingWebhook common(MutatingWebhook webhook) {
    var common =
        ValidatingWebhook.newBuilder()
            .setName(webhook.getName())
            .setClientConfig(webhook.getClientConfig())
            .addAllRules(webhook.getRulesList())
            .addAllAdmissionReviewVersions(webhook.getAdmissionReviewVersionsList())
            .addAllMatchConditions(webhook.getMatchConditionsList());
    if (webhook.hasFailurePolicy()) {
      common.setFailurePolicy(webhook.getFailurePolicy());
    }
    if (webhook.hasMatchPolicy()) {
      common.setMatchPolicy(webhook.getMatchPolicy());
    }
    if (webhook.hasNamespaceSelector()) {
      common.setNamespaceSelector(webhook.getNamespaceSelector());
    }
    if (webhook.hasObjectSelector()) {
      common.setObjectSelector(webhook.getObjectSelector());
    }
    if (webhook.hasSideEffects()) {
      common.setSideEffects(webhook.getSideEffects());
    }
    if (webhook.hasTimeoutSeconds()) {
      common.setTimeoutSeconds(webhook.getTimeoutSeconds());
    }
    return common.build();
  }

  private void validate(List<ValidatingWebhook> webhooks, List<String> reinvocations) {
    boolean distinct =
        old.stream().map(ValidatingWebhook::getName).distinct().count() == old.size();
    boolean knownReviews =
        old.stream()
            .allMatch(one ->
                one.getAdmissionReviewVersionsCount() == 0
                    || WebhookClientValidation.knowsOne(one.getAdmissionReviewVersionsList()));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < webhooks.size(); i++) {
      ValidatingWebhook webhook = webhooks.get(i);
      FieldPath path = WEBHOOKS.index(i);
      webhook(webhook, i < reinvocations.size() ? reinvocations.get(i) : "Never", path);
      if (!sameConditions(webhooks)) {
        new AdmissionRules(errors)
            .conditions(
                webhook.getMatchConditionsList(),
                new ExpressionFields(check, errors),
                ExpressionCheck.Scope.NOTHING,
                path.child("matchConditions"));
      }
      WebhookClientValidation.reviewVersions(
          webhook.getAdmissionReviewVersionsList(),
          knownReviews,
          "must specify one of v1, v1beta1",
          path.child("admissionReviewVersions"),
          errors);
      if (distinct && !webhook.getName().isEmpty() && !names.add(webhook.getName())) {
        errors.duplicate(path.child("name"), webhook.getName());
      }
    }
  }

  private boolean sameConditions(List<ValidatingWebhook> webhooks) {
    boolean same = !old.isEmpty() && old.size() == webhooks.size();
    for (int i = 0; same && i < old.size(); i++) {
      same = old.get(i).getMatchConditionsList().equals(webhooks.get(i).getMatchConditionsList());
    }
    return same;
  }

  private void webhook(ValidatingWebhook webhook, String reinvocation, FieldPath path) {
    name(webhook.getName(), path.child("name"));
    for (int i = 0; i < webhook.getRulesCount(); i++) {
      new AdmissionRules(errors).rule(webhook.getRules(i), path.child("rules").index(i));
    }
    if (webhook.hasFailurePolicy()) {
      Checks.oneOf(
          webhook.getFailurePolicy(),
          AdmissionRules.FAILURE_POLICIES,
          path.child("failurePolicy"),
          errors);
    }
    if (webhook.hasMatchPolicy()) {
      Checks.oneOf(
          webhook.getMatchPolicy(),
          AdmissionRules.MATCH_POLICIES,
          path.child("matchPolicy"),
          errors);
    }
    sideEffects(webhook, path.child("sideEffects"));
    int timeout = webhook.getTimeoutSeconds();
    if (webhook.hasTimeoutSeconds() && (timeout < 1 || timeout > TIMEOUT_MAX_SECONDS)) {
      errors.invalid(
          path.child("timeoutSeconds"),
          timeout,
          "the timeout value must be between 1 and 30 seconds");
    }
    if (webhook.hasNamespaceSelector()) {
      LabelSelectorValidation.validate(
          webhook.getNamespaceSelector(), path.child("namespaceSelector"), errors);
    }
    if (webhook.hasObjectSelector()) {
      LabelSelectorValidation.validate(
          webhook.getObjectSelector(), path.child("objectSelector"), errors);
    }
    Checks.oneOf(
        reinvocation,
        AdmissionRules.REINVOCATION_POLICIES,
        path.child("reinvocationPolicy"),
        errors);
    client(webhook.getClientConfig(), path.child("clientConfig"));
  }

  private void name(String name, FieldPath path) {
    if (name.isEmpty()) {
      errors.required(path);
      return;
    }
    List<String> wrong = Names.dnsSubdomain(name);
    if (!wrong.isEmpty()) {
      errors.invalid(path, name, String.join(",", wrong));
    } else if (name.split("\\.").length < 3) {
      errors.invalid(
          path, name, "should be a domain with at least three segments separated by dots");
    }
  }

  private void sideEffects(ValidatingWebhook webhook, FieldPath path) {
    boolean none = old.stream().allMatch(one -> NO_SIDE_EFFECTS.contains(one.getSideEffects()));
    List<String> allowed = none ? NO_SIDE_EFFECTS : SIDE_EFFECTS;
    if (!webhook.hasSideEffects()) {
      errors.required(path, "must specify one of " + String.join(", ", allowed));
    } else {
      Checks.oneOf(webhook.getSideEffects(), allowed, path, errors);
    }
  }

  private void client(WebhookClientConfig client, FieldPath path) {
    ServiceReference service = client.getService();
    WebhookClientValidation.validate(
        client.hasUrl() ? client.getUrl() : null,
        client.hasService()
            ? new WebhookClientValidation.Service(
                service.getNamespace(),
                service.getName(),
                service.hasPath() ? service.getPath() : null,
                service.getPort())
            : null,
        path,
        errors);
  }
}
