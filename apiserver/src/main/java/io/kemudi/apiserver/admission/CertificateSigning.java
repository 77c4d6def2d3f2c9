package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import java.util.Objects;

/// Who puts a certificate (or why there is none) into a signing request must have the right for its
/// signer.
final class CertificateSigning implements AdmissionPlugin {
  @Override
  public String name() {
    return "CertificateSigning";
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (request.operation() != Operation.UPDATE
        || !request.isOf(CertificateSigners.GROUP, CertificateSigners.REQUESTS)
        || !request.target().subresource().equals("status")) {
      return;
    }
    boolean untouched =
        Objects.equals(
                Trees.at(request.old(), "status", "certificate"),
                Trees.at(request.object(), "status", "certificate"))
            && Objects.equals(
                Trees.at(request.old(), "status", "conditions"),
                Trees.at(request.object(), "status", "conditions"));
    String signer = CertificateSigners.of(request.old());
    if (!untouched && !CertificateSigners.may(request, "sign", signer)) {
      throw request.forbidden(
          "user not permitted to sign requests with signerName \"" + signer + "\"");
    }
  }
}
