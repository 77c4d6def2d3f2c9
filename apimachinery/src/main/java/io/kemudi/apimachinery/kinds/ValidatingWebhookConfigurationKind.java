package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration;
import java.util.List;

/// ValidatingWebhookConfiguration: webhooks that may refuse requests.
final class ValidatingWebhookConfigurationKind
    extends ConstantKind<ValidatingWebhookConfiguration> {
  ValidatingWebhookConfigurationKind() {
    super(
        "admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration",
        ValidatingWebhookConfiguration.getDefaultInstance(),
        ValidatingWebhookConfiguration::getMetadata,
        true,
        List.of(
            "webhooks[].clientConfig.service.port=443",
            "webhooks[].failurePolicy=Fail",
            "webhooks[].matchPolicy=Equivalent",
            "webhooks[].namespaceSelector={}",
            "webhooks[].objectSelector={}",
            "webhooks[].rules[].scope=*",
            "webhooks[].timeoutSeconds=10"));
  }

  @Override
  void validate(ValidatingWebhookConfiguration object, FieldErrors errors) {
    WebhookConfigurationValidation.validate(
        object.getWebhooksList(), List.of(), ExpressionChecks.CURRENT, errors);
  }

  @Override
  void validateUpdate(
      ValidatingWebhookConfiguration now,
      ValidatingWebhookConfiguration old,
      String subresource,
      FieldErrors errors) {
    validateMetadata(now, errors);
    WebhookConfigurationValidation.validate(
        now.getWebhooksList(), old.getWebhooksList(), ExpressionChecks.CURRENT, errors);
  }
}
