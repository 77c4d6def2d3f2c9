package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.coordination.v1.Lease;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lease: who leads, or that a node lives.
final class LeaseKind extends BuiltInKind<Lease> {
  LeaseKind() {
    super("coordination.k8s.io", "Lease", Lease.getDefaultInstance(), Lease::getMetadata);
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    dropElection(tree);
  }

  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    super.prepareForUpdate(tree, old, subresource);
    dropElection(tree);
  }

  /// Of coordinated elections, a feature that is off.
  private static void dropElection(Map<String, @Nullable Object> tree) {
    Tree.ifPresent(
        tree,
        "spec",
        spec -> {
          spec.remove("strategy");
          spec.remove("preferredHolder");
        });
  }

  @Override
  void validate(Lease object, FieldErrors errors) {
    LeaseValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(Lease object, Lease old, String subresource, FieldErrors errors) {
    LeaseValidation.validate(object, errors);
  }
}
