package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.flowcontrol.v1.FlowSchema;
import java.util.List;

/// FlowSchema: which requests are of one flow.
final class FlowSchemaKind extends ConstantKind<FlowSchema> {
  FlowSchemaKind() {
    super(
        "flowcontrol.apiserver.k8s.io",
        "FlowSchema",
        FlowSchema.getDefaultInstance(),
        FlowSchema::getMetadata,
        true,
        List.of("spec+.matchingPrecedence?=1000"));
  }

  @Override
  void validate(FlowSchema object, FieldErrors errors) {
    FlowSchemaValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(FlowSchema now, FlowSchema old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      FlowSchemaValidation.validateStatus(now, errors);
      return;
    }
    validateAgain(now, errors);
  }
}
