package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Signers are asked for as virtual resources: who may `approve` or `sign` for
/// `example.com/serving` has that verb on `signers` of that name, or of `example.com/*`.
final class CertificateSigners {
  static final String GROUP = "certificates.k8s.io";
  static final String REQUESTS = "certificatesigningrequests";

  private CertificateSigners() {}

  /// The signer that a signing request names.
  static String of(@Nullable Map<String, @Nullable Object> request) {
    return Trees.at(request, "spec", "signerName") instanceof String name ? name : "";
  }

  static boolean may(AdmissionRequest request, String verb, String signer) {
    int slash = signer.indexOf('/');
    String domain = (slash < 0 ? signer : signer.substring(0, slash)) + "/*";
    return held(request, verb, signer) || held(request, verb, domain);
  }

  private static boolean held(AdmissionRequest request, String verb, String name) {
    Attributes asked = new Attributes(verb, GROUP, "*", "signers", "", "", name, "");
    return request.context().authorizer().authorize(request.context().user(), asked).allowed();
  }
}
