package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.networking.v1.Ingress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ingress: which Service answers for which host and path.
final class IngressKind extends BuiltInKind<Ingress> {
  private static final String CLASS = "kubernetes.io/ingress.class";

  IngressKind() {
    super("networking.k8s.io", "Ingress", Ingress.getDefaultInstance(), Ingress::getMetadata, true);
  }

  @Override
  void validate(Ingress ingress, FieldErrors errors) {
    IngressValidation.validate(ingress, errors);
  }

  @Override
  void validateUpdate(Ingress ingress, Ingress old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      IngressValidation.validateStatus(ingress, errors);
    } else {
      IngressValidation.validateUpdate(ingress, old, errors);
    }
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return old == null && metadata(object).containsAnnotations(CLASS)
        ? List.of(
            "annotation \""
                + CLASS
                + "\" is deprecated, please use 'spec.ingressClassName' instead")
        : List.of();
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }
}
