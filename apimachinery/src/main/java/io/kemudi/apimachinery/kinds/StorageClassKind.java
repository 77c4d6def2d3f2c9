package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.storage.v1.StorageClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// StorageClass: how volumes are made on demand.
final class StorageClassKind extends ConstantKind<StorageClass> {
  StorageClassKind() {
    super(
        "storage.k8s.io",
        "StorageClass",
        StorageClass.getDefaultInstance(),
        StorageClass::getMetadata,
        false,
        List.of("reclaimPolicy=Delete", "volumeBindingMode=Immediate"));
  }

  @Override
  void validate(StorageClass object, FieldErrors errors) {
    StorageClassValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(StorageClass now, StorageClass old, String subresource, FieldErrors errors) {
    validateAgain(now, errors);
    StorageClassValidation.validateUpdate(now, old, errors);
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return DeprecatedLabels.warnings(cast(object));
  }
}
