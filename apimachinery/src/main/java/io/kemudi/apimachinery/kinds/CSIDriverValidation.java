package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.kubernetes.storage.v1.CSIDriver;
import io.kemudi.kubernetes.storage.v1.CSIDriverSpec;
import io.kemudi.kubernetes.storage.v1.TokenRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

final class CSIDriverValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> GROUP_POLICIES =
      List.of("File", "None", "ReadWriteOnceWithFSType");
  private static final List<String> LIFECYCLES = List.of("Persistent", "Ephemeral");
  private static final int MIN_TOKEN_SECONDS = 600;
  private static final int MIN_UPDATE_SECONDS = 10;

  private CSIDriverValidation() {}

  static void validate(CSIDriverSpec spec, FieldErrors errors) {
    // Upstream's spelling.
    required(spec.hasAttachRequired(), "attachedRequired", errors);
    required(spec.hasPodInfoOnMount(), "podInfoOnMount", errors);
    required(spec.hasStorageCapacity(), "storageCapacity", errors);
    if (spec.hasFsGroupPolicy()) {
      Checks.oneOf(spec.getFsGroupPolicy(), GROUP_POLICIES, SPEC.child("fsGroupPolicy"), errors);
    }
    tokens(spec.getTokenRequestsList(), SPEC.child("tokenRequests"), errors);
    for (String mode : spec.getVolumeLifecycleModesList()) {
      Checks.oneOf(mode, LIFECYCLES, SPEC.child("volumeLifecycleModes"), errors);
    }
    required(spec.hasSeLinuxMount(), "seLinuxMount", errors);
    if (spec.hasNodeAllocatableUpdatePeriodSeconds()
        && spec.getNodeAllocatableUpdatePeriodSeconds() < MIN_UPDATE_SECONDS) {
      errors.invalid(
          SPEC.child("nodeAllocatableUpdatePeriodSeconds"),
          spec.getNodeAllocatableUpdatePeriodSeconds(),
          "must be greater than or equal to 10 seconds");
    }
    if (spec.getServiceAccountTokenInSecrets() && spec.getTokenRequestsCount() == 0) {
      errors.invalid(
          SPEC.child("serviceAccountTokenInSecrets"),
          true,
          "serviceAccountTokenInSecrets can only be set when tokenRequests is configured");
    }
  }

  private static void required(boolean present, String field, FieldErrors errors) {
    if (!present) {
      errors.required(SPEC.child(field));
    }
  }

  /// One request for each audience, at most one of them without any.
  private static void tokens(List<TokenRequest> requests, FieldPath path, FieldErrors errors) {
    Set<String> audiences = new HashSet<>();
    for (int i = 0; i < requests.size(); i++) {
      TokenRequest request = requests.get(i);
      FieldPath seconds = path.index(i).child("expirationSeconds");
      long expiration = request.getExpirationSeconds();
      if (!audiences.add(request.getAudience())) {
        errors.duplicate(path.index(i).child("audience"), request.getAudience());
      } else if (request.hasExpirationSeconds() && expiration < MIN_TOKEN_SECONDS) {
        errors.invalid(seconds, expiration, "may not specify a duration less than 10 minutes");
      } else if (expiration > 1L << 32) {
        errors.invalid(seconds, expiration, "may not specify a duration larger than 2^32 seconds");
      }
    }
  }

  static void validateUpdate(CSIDriver now, CSIDriver old, FieldErrors errors) {
    validate(now.getSpec(), errors);
    Immutable.check(
        now.getSpec().getAttachRequired(),
        old.getSpec().getAttachRequired(),
        SPEC.child("attachedRequired"),
        errors);
    Immutable.check(
        List.copyOf(now.getSpec().getVolumeLifecycleModesList()),
        List.copyOf(old.getSpec().getVolumeLifecycleModesList()),
        SPEC.child("volumeLifecycleModes"),
        errors);
  }
}
