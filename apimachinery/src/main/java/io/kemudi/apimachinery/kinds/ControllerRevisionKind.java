package io.kemudi.apimachinery.kinds;

import com.google.protobuf.ByteString;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.apps.v1.ControllerRevision;

/// ControllerRevision: a state that its owner once had. Its data never changes.
final class ControllerRevisionKind extends BuiltInKind<ControllerRevision> {
  ControllerRevisionKind() {
    super(
        "apps",
        "ControllerRevision",
        ControllerRevision.getDefaultInstance(),
        ControllerRevision::getMetadata);
  }

  @Override
  void validate(ControllerRevision revision, FieldErrors errors) {
    Checks.nonNegative(revision.getRevision(), FieldPath.of("revision"), errors);
    ByteString raw = revision.getData().getRaw();
    if (!revision.hasData() || raw.isEmpty()) {
      errors.required(FieldPath.of("data"), "data is mandatory");
    } else if (raw.byteAt(0) != '{') {
      errors.invalid(FieldPath.of("data"), raw.toStringUtf8(), "data must be a valid JSON object");
    }
  }

  @Override
  void validateUpdate(
      ControllerRevision revision, ControllerRevision old, String subresource, FieldErrors errors) {
    Checks.nonNegative(revision.getRevision(), FieldPath.of("revision"), errors);
    if (!revision.getData().equals(old.getData())) {
      errors.invalid(FieldPath.of("data"), "field is immutable");
    }
  }
}
