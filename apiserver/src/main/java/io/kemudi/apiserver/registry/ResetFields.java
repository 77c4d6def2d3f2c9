package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.apply.FieldFilter;
import java.util.Map;
import java.util.Set;

/// What a write of a resource, or of one of its subresources, cannot change and so does not come to
/// own. Facts of upstream's strategies.
final class ResetFields {
  /// `qualified resource/subresource` where the general rule does not hold: a write of the object
  /// leaves its status alone, one of the status the spec.
  private static final Map<String, FieldFilter> EXCEPTIONS =
      Map.ofEntries(
          Map.entry(
              "certificatesigningrequests.certificates.k8s.io/",
              FieldFilter.excluding("spec", "status")),
          Map.entry(
              "certificatesigningrequests.certificates.k8s.io/status",
              FieldFilter.excluding("spec", "status.conditions")),
          Map.entry(
              "certificatesigningrequests.certificates.k8s.io/approval",
              FieldFilter.excluding("spec", "status.certificate")),
          Map.entry("deployments.apps/status", FieldFilter.excluding("spec", "metadata.labels")),
          Map.entry(
              "pods/status",
              FieldFilter.excluding(
                  "spec", "metadata.deletionTimestamp", "metadata.ownerReferences")),
          Map.entry("pods/ephemeralcontainers", FieldFilter.including("spec.ephemeralContainers")),
          Map.entry(
              "pods/resize",
              FieldFilter.including(
                  "spec.containers.*.resources",
                  "spec.containers.*.resizePolicy",
                  "spec.initContainers.*.resources",
                  "spec.initContainers.*.resizePolicy")));

  /// Their status subresource takes nothing of the metadata.
  private static final Set<String> METADATA_APART =
      Set.of(
          "apiservices.apiregistration.k8s.io",
          "customresourcedefinitions.apiextensions.k8s.io",
          "flowschemas.flowcontrol.apiserver.k8s.io",
          "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
          "resourceclaims.resource.k8s.io",
          "validatingadmissionpolicies.admissionregistration.k8s.io",
          "volumeattachments.storage.k8s.io");

  private static final FieldFilter STATUS = FieldFilter.excluding("status");
  private static final FieldFilter SPEC = FieldFilter.excluding("spec");
  private static final FieldFilter SPEC_AND_METADATA = FieldFilter.excluding("spec", "metadata");

  private ResetFields() {}

  static FieldFilter of(ResourceRow row, String subresource) {
    String resource = row.qualifiedResource();
    FieldFilter exception = EXCEPTIONS.get(resource + "/" + subresource);
    if (exception != null) {
      return exception;
    }
    return switch (subresource) {
      case "status" ->
          METADATA_APART.contains(resource) || row.custom() != null ? SPEC_AND_METADATA : SPEC;
      case "", "finalize" -> row.info().hasSubresource("status") ? STATUS : FieldFilter.ALL;
      default -> FieldFilter.ALL;
    };
  }
}
