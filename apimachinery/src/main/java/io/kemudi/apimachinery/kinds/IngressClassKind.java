package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.networking.v1.IngressClass;
import io.kemudi.kubernetes.networking.v1.IngressClassParametersReference;
import java.util.List;

/// IngressClass: which controller serves the Ingresses that name it.
final class IngressClassKind extends BuiltInKind<IngressClass> {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int CONTROLLER_MAX = 250;

  IngressClassKind() {
    super(
        "networking.k8s.io",
        "IngressClass",
        IngressClass.getDefaultInstance(),
        IngressClass::getMetadata,
        true);
  }

  @Override
  void validate(IngressClass ingressClass, FieldErrors errors) {
    String controller = ingressClass.getSpec().getController();
    FieldPath path = SPEC.child("controller");
    if (controller.isEmpty()) {
      errors.required(path);
    } else {
      if (controller.length() > CONTROLLER_MAX) {
        errors.tooLong(path, CONTROLLER_MAX);
      }
      Checks.domainPrefixedPath(controller, path, errors);
    }
    if (ingressClass.getSpec().hasParameters()) {
      parameters(ingressClass.getSpec().getParameters(), SPEC.child("parameters"), errors);
    }
  }

  private static void parameters(
      IngressClassParametersReference reference, FieldPath path, FieldErrors errors) {
    if (reference.hasAPIGroup()) {
      Checks.form(reference.getAPIGroup(), Names::dnsSubdomain, path.child("apiGroup"), errors);
    }
    Checks.requiredForm(reference.getKind(), Names::pathSegment, path.child("kind"), errors);
    Checks.requiredForm(reference.getName(), Names::pathSegment, path.child("name"), errors);
    FieldPath namespace = path.child("namespace");
    if (!reference.hasScope()) {
      errors.required(path.child("scope"));
      return;
    }
    switch (reference.getScope()) {
      case "Namespace" -> {
        if (!reference.hasNamespace()) {
          errors.required(namespace, "`parameters.scope` is set to 'Namespace'");
        } else {
          Checks.form(reference.getNamespace(), Names::dnsLabel, namespace, errors);
        }
      }
      case "Cluster" -> {
        if (reference.hasNamespace()) {
          errors.forbidden(namespace, "`parameters.scope` is set to 'Cluster'");
        }
      }
      default ->
          errors.notSupported(
              path.child("scope"), reference.getScope(), List.of("Cluster", "Namespace"));
    }
  }

  @Override
  void validateUpdate(
      IngressClass ingressClass, IngressClass old, String subresource, FieldErrors errors) {
    if (!ingressClass.getSpec().getController().equals(old.getSpec().getController())) {
      errors.invalid(
          SPEC.child("controller"), ingressClass.getSpec().getController(), "field is immutable");
    }
    validate(ingressClass, errors);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }
}
