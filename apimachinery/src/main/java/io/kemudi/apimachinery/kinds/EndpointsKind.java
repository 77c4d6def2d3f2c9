package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.core.v1.Endpoints;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Endpoints: the older form of where a Service leads.
final class EndpointsKind extends BuiltInKind<Endpoints> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults("subsets[].ports[].protocol=TCP");

  EndpointsKind() {
    super("", "Endpoints", Endpoints.getDefaultInstance(), Endpoints::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
  }

  @Override
  void validate(Endpoints object, FieldErrors errors) {
    EndpointsValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(Endpoints object, Endpoints old, String subresource, FieldErrors errors) {
    EndpointsValidation.validate(object, errors);
  }
}
