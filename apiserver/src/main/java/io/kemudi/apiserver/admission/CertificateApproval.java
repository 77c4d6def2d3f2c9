package io.kemudi.apiserver.admission;

import io.kemudi.apiserver.admission.AdmissionRequest.Operation;

/// Who approves or denies a signing request must have the right for its signer.
final class CertificateApproval implements AdmissionPlugin {
  @Override
  public String name() {
    return "CertificateApproval";
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (request.operation() != Operation.UPDATE
        || !request.isOf(CertificateSigners.GROUP, CertificateSigners.REQUESTS)
        || !request.target().subresource().equals("approval")) {
      return;
    }
    // Of the object as it was: nobody approves by first naming another signer.
    String signer = CertificateSigners.of(request.old());
    if (!CertificateSigners.may(request, "approve", signer)) {
      throw request.forbidden(
          "user not permitted to approve requests with signerName \"" + signer + "\"");
    }
  }
}
