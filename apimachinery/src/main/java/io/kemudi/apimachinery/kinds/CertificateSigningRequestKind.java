package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.certificates.v1.CertificateSigningRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class CertificateSigningRequestKind extends BuiltInKind<CertificateSigningRequest> {
  CertificateSigningRequestKind() {
    super(
        "certificates.k8s.io",
        "CertificateSigningRequest",
        CertificateSigningRequest.getDefaultInstance(),
        CertificateSigningRequest::getMetadata);
  }

  /// An approval is written apart, through the status too.
  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    super.prepareForUpdate(tree, old, subresource.equals("approval") ? "status" : subresource);
    if (subresource.isEmpty()) {
      Tree.copy(old, tree, "spec");
    }
  }

  /// A request may be called as it likes.
  @Override
  List<String> wrongName(String name) {
    return List.of();
  }

  @Override
  void validate(CertificateSigningRequest request, FieldErrors errors) {
    CertificateSigningRequestValidation.validate(request, null, errors);
  }

  @Override
  void validateUpdate(
      CertificateSigningRequest now,
      CertificateSigningRequest old,
      String subresource,
      FieldErrors errors) {
    validateMetadata(now, errors);
    CertificateSigningRequestValidation.validate(now, old, errors);
    CertificateSigningRequestValidation.validateUpdate(now, old, subresource, errors);
  }

  @Override
  public List<String> selectableFields() {
    return List.of("metadata.name", "spec.signerName");
  }

  @Override
  public String selectableField(com.google.protobuf.Message object, String field) {
    return field.equals("spec.signerName")
        ? cast(object).getSpec().getSignerName()
        : super.selectableField(object, field);
  }
}
