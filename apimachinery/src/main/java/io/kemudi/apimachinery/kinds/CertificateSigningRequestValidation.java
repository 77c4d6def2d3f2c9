package io.kemudi.apimachinery.kinds;

import com.google.protobuf.ByteString;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.certificates.v1.CertificateSigningRequest;
import io.kemudi.kubernetes.certificates.v1.CertificateSigningRequestCondition;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CertificateSigningRequest. It is approved or denied through `approval`, answered through
/// `status`, and what was said there stays said. Of a stored request nothing is asked that it does
/// not have.
final class CertificateSigningRequestValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath CONDITIONS = FieldPath.of("status", "conditions");
  private static final FieldPath CERTIFICATE = FieldPath.of("status", "certificate");
  private static final String LEGACY_SIGNER = "kubernetes.io/legacy-unknown";
  private static final int MIN_SECONDS = 600;
  private static final List<String> STATUSES = List.of("False", "True", "Unknown");
  private static final List<String> FINAL = List.of("Approved", "Denied", "Failed");
  private static final List<String> USAGES =
      List.of(
          "any",
          "cert sign",
          "client auth",
          "code signing",
          "content commitment",
          "crl sign",
          "data encipherment",
          "decipher only",
          "digital signature",
          "email protection",
          "encipher only",
          "ipsec end system",
          "ipsec tunnel",
          "ipsec user",
          "key agreement",
          "key encipherment",
          "microsoft sgc",
          "netscape sgc",
          "ocsp signing",
          "s/mime",
          "server auth",
          "signing",
          "timestamping");

  private final @Nullable CertificateSigningRequest old;
  private final FieldErrors errors;

  private CertificateSigningRequestValidation(
      @Nullable CertificateSigningRequest old, FieldErrors errors) {
    this.old = old;
    this.errors = errors;
  }

  /// `old` is null at creation.
  static void validate(
      CertificateSigningRequest request,
      @Nullable CertificateSigningRequest old,
      FieldErrors errors) {
    new CertificateSigningRequestValidation(old, errors).validate(request);
  }

  private void validate(CertificateSigningRequest request) {
    var spec = request.getSpec();
    String wrong = Pem.wrongRequest(spec.getRequest());
    if (wrong != null) {
      errors.invalid(
          SPEC.child("request"),
          Base64.getEncoder().encodeToString(spec.getRequest().toByteArray()),
          wrong);
    }
    usages(spec.getUsagesList());
    signer(spec.getSignerName(), SPEC.child("signerName"));
    if (spec.hasExpirationSeconds() && spec.getExpirationSeconds() < MIN_SECONDS) {
      errors.invalid(
          SPEC.child("expirationSeconds"),
          spec.getExpirationSeconds(),
          "may not specify a duration less than 600 seconds (10 minutes)");
    }
    conditions(request.getStatus().getConditionsList());
    certificate(request.getStatus().getCertificate());
  }

  private void usages(List<String> usages) {
    FieldPath path = SPEC.child("usages");
    if (usages.isEmpty()) {
      errors.required(path);
    }
    List<String> before = old == null ? List.of() : old.getSpec().getUsagesList();
    if (USAGES.containsAll(before)) {
      for (int i = 0; i < usages.size(); i++) {
        Checks.oneOf(usages.get(i), USAGES, path.index(i), errors);
      }
    }
    if (new HashSet<>(before).size() == before.size()) {
      for (int i = 0; i < usages.size(); i++) {
        if (usages.indexOf(usages.get(i)) < i) {
          errors.duplicate(path.index(i), usages.get(i));
        }
      }
    }
  }

  private void signer(String signer, FieldPath path) {
    boolean mayBeLegacy = old != null && old.getSpec().getSignerName().equals(LEGACY_SIGNER);
    if (signer.equals(LEGACY_SIGNER) && !mayBeLegacy) {
      errors.invalid(path, signer, "the legacy signerName is not allowed via this API version");
    } else {
      SignerNames.validate(signer, path, errors);
    }
  }

  private void conditions(List<CertificateSigningRequestCondition> conditions) {
    List<CertificateSigningRequestCondition> before =
        old == null ? List.of() : old.getStatus().getConditionsList();
    List<String> typesBefore =
        before.stream().map(CertificateSigningRequestCondition::getType).toList();
    boolean wasBoth = typesBefore.contains("Approved") && typesBefore.contains("Denied");
    boolean wasDistinct = new HashSet<>(typesBefore).size() == typesBefore.size();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      String type = conditions.get(i).getType();
      String status = conditions.get(i).getStatus();
      if (type.isEmpty() && !typesBefore.contains("")) {
        errors.required(CONDITIONS.index(i).child("type"));
      }
      if (status.isEmpty()) {
        errors.required(CONDITIONS.index(i).child("status"));
      } else {
        Checks.oneOf(
            status,
            FINAL.contains(type) ? List.of("True") : STATUSES,
            CONDITIONS.index(i).child("status"),
            errors);
      }
      boolean contradicts =
          type.equals("Approved") && seen.contains("Denied")
              || type.equals("Denied") && seen.contains("Approved");
      if (contradicts && !wasBoth) {
        errors.invalid(CONDITIONS, type, "Approved and Denied conditions are mutually exclusive");
      }
      if (!seen.add(type) && wasDistinct) {
        errors.duplicate(CONDITIONS.index(i).child("type"), type);
      }
    }
  }

  private void certificate(ByteString certificate) {
    if (old != null) {
      ByteString before = old.getStatus().getCertificate();
      if (before.equals(certificate) || Pem.wrongCertificates(before) != null) {
        return;
      }
    }
    String wrong = Pem.wrongCertificates(certificate);
    if (wrong != null) {
      errors.invalid(CERTIFICATE, "<certificate data>", wrong);
    }
  }

  static void validateUpdate(
      CertificateSigningRequest request,
      CertificateSigningRequest old,
      String subresource,
      FieldErrors errors) {
    for (String type : FINAL) {
      if (of(type, request).size() < of(type, old).size()) {
        errors.forbidden(CONDITIONS, "updates may not remove a condition of type \"" + type + "\"");
      }
    }
    if (!subresource.equals("approval")) {
      for (String type : List.of("Approved", "Denied")) {
        keepsVerdict(type, of(type, request), of(type, old), errors);
      }
    }
    ByteString before = old.getStatus().getCertificate();
    if (!request.getStatus().getCertificate().equals(before)) {
      if (!subresource.equals("status")) {
        errors.forbidden(CERTIFICATE, "updates may not set certificate content");
      } else if (!before.isEmpty()) {
        errors.forbidden(CERTIFICATE, "updates may not modify existing certificate content");
      }
    }
  }

  private static void keepsVerdict(
      String type,
      List<CertificateSigningRequestCondition> now,
      List<CertificateSigningRequestCondition> before,
      FieldErrors errors) {
    if (now.size() > before.size()) {
      errors.forbidden(CONDITIONS, "updates may not add a condition of type \"" + type + "\"");
    } else if (now.size() == before.size() && !now.equals(before)) {
      errors.forbidden(CONDITIONS, "updates may not modify a condition of type \"" + type + "\"");
    }
  }

  private static List<CertificateSigningRequestCondition> of(
      String type, CertificateSigningRequest request) {
    return request.getStatus().getConditionsList().stream()
        .filter(condition -> condition.getType().equals(type))
        .toList();
  }

  /// Names of signers: a domain with a dot, and a path below it.
  private static final class SignerNames {
    private static final int SEGMENT_MAX = 63;
    private static final int PATH_MAX = 253 + 1 + 63;
    private static final int NAME_MAX = 571;

    static void validate(String name, FieldPath path, FieldErrors errors) {
      if (name.isEmpty()) {
        errors.required(path);
        return;
      }
      String[] segments = name.split("/", -1);
      if (segments.length != 2) {
        errors.invalid(
            path,
            name,
            "must be a fully qualified domain and path of the form 'example.com/signer-name'");
        return;
      }
      for (String error : Names.dnsSubdomain(segments[0])) {
        errors.invalid(path, segments[0], "validating label \"" + segments[0] + "\": " + error);
      }
      if (segments[0].indexOf('.') < 0) {
        errors.invalid(
            path, segments[0], "should be a domain with at least two segments separated by dots");
      }
      for (String part : segments[1].split("\\.", -1)) {
        for (String error : Names.dnsLabel(part)) {
          if (part.length() <= SEGMENT_MAX) {
            errors.invalid(path, segments[1], "validating label \"" + part + "\": " + error);
          }
        }
      }
      if (segments[1].length() > PATH_MAX || name.length() > NAME_MAX) {
        errors.tooLong(path, NAME_MAX);
      }
    }

    private SignerNames() {}
  }
}
