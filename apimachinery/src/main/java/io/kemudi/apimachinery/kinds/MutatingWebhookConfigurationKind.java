package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingWebhookConfiguration;
import java.util.List;

/// MutatingWebhookConfiguration: webhooks that may change requests.
final class MutatingWebhookConfigurationKind extends ConstantKind<MutatingWebhookConfiguration> {
  MutatingWebhookConfigurationKind() {
    super(
        "admissionregistration.k8s.io",
        "MutatingWebhookConfiguration",
        MutatingWebhookConfiguration.getDefaultInstance(),
        MutatingWebhookConfiguration::getMetadata,
        true,
        List.of(
            "webhooks[].clientConfig.service.port=443",
            "webhooks[].failurePolicy=Fail",
            "webhooks[].matchPolicy=Equivalent",
            "webhooks[].namespaceSelector={}",
            "webhooks[].objectSelector={}",
            "webhooks[].reinvocationPolicy=Never",
            "webhooks[].rules[].scope=*",
            "webhooks[].timeoutSeconds=10"));
  }

  @Override
  void validate(MutatingWebhookConfiguration object, FieldErrors errors) {
    WebhookConfigurationValidation.validate(object, null, ExpressionChecks.CURRENT, errors);
  }

  @Override
  void validateUpdate(
      MutatingWebhookConfiguration now,
      MutatingWebhookConfiguration old,
      String subresource,
      FieldErrors errors) {
    validateMetadata(now, errors);
    WebhookConfigurationValidation.validate(now, old, ExpressionChecks.CURRENT, errors);
  }
}
