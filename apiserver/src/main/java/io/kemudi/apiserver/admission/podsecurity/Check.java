package io.kemudi.apiserver.admission.podsecurity;

import io.kemudi.apiserver.admission.podsecurity.Policy.Standard;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import org.jspecify.annotations.Nullable;

/// One rule of a standard.
///
/// @param level the least strict level that has it
/// @param since the release from which on it holds
/// @param overriddenSince from this release on the restricted level has a stricter rule in its
///   place; [Standard#LATEST] for never
/// @param rule finds the violation in a pod, as of a release; null for none
record Check(Level level, int since, int overriddenSince, Rule rule) {
  @FunctionalInterface
  interface Rule {
    @Nullable Violation find(ObjectMeta metadata, PodSpec spec, int minor);
  }

  boolean applies(Standard standard) {
    boolean overridden =
        standard.level() == Level.RESTRICTED
            && standard.minor() >= overriddenSince
            && overriddenSince != Standard.LATEST;
    return level.compareTo(standard.level()) <= 0 && standard.minor() >= since && !overridden;
  }
}
