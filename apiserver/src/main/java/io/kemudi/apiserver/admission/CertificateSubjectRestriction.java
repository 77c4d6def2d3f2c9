package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.User;

/// No client certificate is asked for that would make its owner one of `system:masters`: such a
/// certificate could not be taken back.
final class CertificateSubjectRestriction implements AdmissionPlugin {
  private static final String SIGNER = "kubernetes.io/kube-apiserver-client";

  @Override
  public String name() {
    return "CertificateSubjectRestriction";
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.isCreateOf(CertificateSigners.GROUP, CertificateSigners.REQUESTS)
        || !CertificateSigners.of(request.object()).equals(SIGNER)) {
      return;
    }
    if (!(Trees.at(request.object(), "spec", "request") instanceof String encoded)) {
      return;
    }
    try {
      if (SigningRequestSubject.organizations(encoded).contains(User.MASTERS)) {
        throw request.forbidden(
            "use of " + SIGNER + " signer with " + User.MASTERS + " group is not allowed");
      }
    } catch (IllegalArgumentException e) {
      throw request.forbidden("failed to parse CSR: " + e.getMessage());
    }
  }
}
