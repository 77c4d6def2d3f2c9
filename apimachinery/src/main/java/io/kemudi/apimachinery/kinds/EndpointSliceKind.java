package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// EndpointSlice: a part of where a Service leads.
final class EndpointSliceKind extends BuiltInKind<EndpointSlice> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults("ports[].name=\"\"", "ports[].protocol=TCP");

  EndpointSliceKind() {
    super(
        "discovery.k8s.io",
        "EndpointSlice",
        EndpointSlice.getDefaultInstance(),
        EndpointSlice::getMetadata,
        true);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
  }

  /// The topology of old versions has fields of its own now.
  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    dropOldTopology(tree);
  }

  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    dropOldTopology(tree);
    super.prepareForUpdate(tree, old, subresource);
  }

  private static void dropOldTopology(Map<String, @Nullable Object> tree) {
    Tree.maps(tree, "endpoints").forEach(endpoint -> endpoint.remove("deprecatedTopology"));
  }

  @Override
  boolean desiredStateDiffers(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old) {
    return super.desiredStateDiffers(tree, old)
        || !Tree.same(Tree.map(tree, "metadata", "labels"), Tree.map(old, "metadata", "labels"));
  }

  @Override
  void validate(EndpointSlice object, FieldErrors errors) {
    EndpointSliceValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      EndpointSlice object, EndpointSlice old, String subresource, FieldErrors errors) {
    EndpointSliceValidation.validateUpdate(object, old, errors);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    List<String> warnings = new ArrayList<>();
    EndpointSlice slice = cast(object);
    if (slice.getAddressType().equals("FQDN")) {
      warnings.add("addressType: FQDN endpoints are deprecated");
    }
    for (int i = 0; i < slice.getEndpointsCount(); i++) {
      AddressWarnings.ofAll(
          slice.getEndpoints(i).getAddressesList(),
          FieldPath.of("endpoints").index(i).child("addresses"),
          warnings);
    }
    return warnings;
  }
}
