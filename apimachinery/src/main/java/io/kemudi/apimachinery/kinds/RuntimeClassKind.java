package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.node.v1.RuntimeClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// RuntimeClass: which of a node's container runtimes runs a pod.
final class RuntimeClassKind extends BuiltInKind<RuntimeClass> {
  RuntimeClassKind() {
    super(
        "node.k8s.io",
        "RuntimeClass",
        RuntimeClass.getDefaultInstance(),
        RuntimeClass::getMetadata);
  }

  @Override
  void validate(RuntimeClass object, FieldErrors errors) {
    RuntimeClassValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(RuntimeClass now, RuntimeClass old, String subresource, FieldErrors errors) {
    validateAgain(now, errors);
    RuntimeClassValidation.validateUpdate(now, old, errors);
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return DeprecatedLabels.warnings(cast(object));
  }
}
