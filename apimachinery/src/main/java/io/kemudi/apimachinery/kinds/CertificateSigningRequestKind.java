package io.kemudi.apimachinery.kinds;

import io.kemudi.kubernetes.certificates.v1.CertificateSigningRequest;
import java.util.List;

final class CertificateSigningRequestKind extends BuiltInKind<CertificateSigningRequest> {
  CertificateSigningRequestKind() {
    super(
        "certificates.k8s.io",
        "CertificateSigningRequest",
        CertificateSigningRequest.getDefaultInstance(),
        CertificateSigningRequest::getMetadata);
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
