package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.PodTemplateSpec;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Advice for the kinds that make pods: about their template when it may have changed, and at
/// creation about names that pods will carry on.
final class WorkloadWarnings {
  private static final String NAME =
      "metadata.name: this is used in Pod names and hostnames, which can result in surprising"
          + " behavior; a DNS label is recommended: ";

  private WorkloadWarnings() {}

  /// @param old the metadata before; null at creation
  static List<String> of(
      ObjectMeta metadata, @Nullable ObjectMeta old, PodTemplateSpec template, FieldPath path) {
    boolean changed = old == null || metadata.getGeneration() != old.getGeneration();
    return changed
        ? new ArrayList<>(PodWarnings.of(template.getSpec(), template.getMetadata(), path))
        : new ArrayList<>();
  }

  /// As [#of], for kinds whose names become their pods' host names.
  static List<String> named(
      ObjectMeta metadata, @Nullable ObjectMeta old, PodTemplateSpec template, FieldPath path) {
    List<String> warnings = new ArrayList<>();
    if (old == null) {
      List<String> wrong = Names.dnsLabel(metadata.getName());
      if (!wrong.isEmpty()) {
        warnings.add(NAME + wrong);
      }
    }
    warnings.addAll(of(metadata, old, template, path));
    return warnings;
  }
}
