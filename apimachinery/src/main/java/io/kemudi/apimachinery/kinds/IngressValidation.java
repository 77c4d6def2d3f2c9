package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.IpAddress;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.TypedLocalObjectReference;
import io.kemudi.kubernetes.networking.v1.HTTPIngressPath;
import io.kemudi.kubernetes.networking.v1.Ingress;
import io.kemudi.kubernetes.networking.v1.IngressBackend;
import io.kemudi.kubernetes.networking.v1.IngressRule;
import io.kemudi.kubernetes.networking.v1.IngressSpec;
import io.kemudi.kubernetes.networking.v1.IngressTLS;
import io.kemudi.kubernetes.networking.v1.ServiceBackendPort;
import java.util.List;

final class IngressValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String CLASS = "kubernetes.io/ingress.class";
  private static final List<String> PATH_TYPES =
      List.of("Exact", "ImplementationSpecific", "Prefix");
  private static final List<String> NOT_IN_PATH = List.of("//", "/./", "/../", "%2f", "%2F");
  private static final List<String> NOT_AT_END = List.of("/..", "/.");
  private static final String NOT_AN_ADDRESS = "must be a DNS name, not an IP address";

  private final FieldErrors errors;
  private final boolean anySecretName;
  private final boolean anyWildcardRule;

  private IngressValidation(boolean anySecretName, boolean anyWildcardRule, FieldErrors errors) {
    this.anySecretName = anySecretName;
    this.anyWildcardRule = anyWildcardRule;
    this.errors = errors;
  }

  static void validate(Ingress ingress, FieldErrors errors) {
    new IngressValidation(false, false, errors).spec(ingress.getSpec());
    var annotations = ingress.getMetadata().getAnnotationsMap();
    String annotated = annotations.get(CLASS);
    if (annotated != null
        && ingress.getSpec().hasIngressClassName()
        && !annotated.equals(ingress.getSpec().getIngressClassName())) {
      errors.invalid(
          FieldPath.of("annotations", CLASS),
          annotated,
          "must match `ingressClassName` when both are specified");
    }
  }

  /// What an older version let in may stay.
  static void validateUpdate(Ingress ingress, Ingress old, FieldErrors errors) {
    boolean badSecret =
        old.getSpec().getTlsList().stream()
            .map(IngressTLS::getSecretName)
            .anyMatch(name -> !name.isEmpty() && !Names.dnsSubdomain(name).isEmpty());
    boolean badRule =
        old.getSpec().getRulesList().stream()
            .filter(rule -> rule.getHost().contains("*"))
            .anyMatch(IngressValidation::isBad);
    new IngressValidation(badSecret, badRule, errors).spec(ingress.getSpec());
  }

  private static boolean isBad(IngressRule rule) {
    FieldErrors wrong = new FieldErrors();
    new IngressValidation(false, false, wrong).http(rule, SPEC);
    return !wrong.isEmpty();
  }

  static void validateStatus(Ingress ingress, FieldErrors errors) {
    FieldPath path = FieldPath.of("status", "loadBalancer").child("ingress");
    var points = ingress.getStatus().getLoadBalancer().getIngressList();
    for (int i = 0; i < points.size(); i++) {
      LoadBalancerValidation.point(
          points.get(i).getIp(), points.get(i).getHostname(), path.index(i), errors);
    }
  }

  private void spec(IngressSpec spec) {
    if (spec.getRulesCount() == 0 && !spec.hasDefaultBackend()) {
      errors.invalid(SPEC, null, "either `defaultBackend` or `rules` must be specified");
    }
    if (spec.hasDefaultBackend()) {
      backend(spec.getDefaultBackend(), SPEC.child("defaultBackend"));
    }
    for (int i = 0; i < spec.getRulesCount(); i++) {
      rule(spec.getRules(i), SPEC.child("rules").index(i));
    }
    for (int i = 0; i < spec.getTlsCount(); i++) {
      tls(spec.getTls(i), SPEC.child("tls").index(i));
    }
    if (spec.hasIngressClassName()) {
      Checks.form(
          spec.getIngressClassName(), Names::dnsSubdomain, SPEC.child("ingressClassName"), errors);
    }
  }

  private void tls(IngressTLS tls, FieldPath path) {
    for (int i = 0; i < tls.getHostsCount(); i++) {
      host(tls.getHosts(i), path.child("hosts").index(i));
    }
    if (!anySecretName && !tls.getSecretName().isEmpty()) {
      Checks.form(tls.getSecretName(), Names::dnsSubdomain, path.child("secretName"), errors);
    }
  }

  private void host(String host, FieldPath path) {
    if (host.contains("*")) {
      Checks.form(host, Names::wildcardDnsSubdomain, path, errors);
    } else {
      Checks.form(host, Names::dnsSubdomain, path, errors);
    }
  }

  private void rule(IngressRule rule, FieldPath path) {
    String host = rule.getHost();
    if (!host.isEmpty()) {
      if (IpAddress.isV4(host) || IpAddress.isV6(host)) {
        errors.invalid(path.child("host"), host, NOT_AN_ADDRESS);
      }
      host(host, path.child("host"));
    }
    if (!host.contains("*") || !anyWildcardRule) {
      http(rule, path);
    }
  }

  private void http(IngressRule rule, FieldPath path) {
    if (!rule.getIngressRuleValue().hasHttp()) {
      return;
    }
    FieldPath paths = path.child("http", "paths");
    var list = rule.getIngressRuleValue().getHttp().getPathsList();
    if (list.isEmpty()) {
      errors.required(paths);
    }
    for (int i = 0; i < list.size(); i++) {
      path(list.get(i), paths.index(i));
    }
  }

  private void path(HTTPIngressPath rule, FieldPath path) {
    if (!rule.hasPathType()) {
      errors.required(path.child("pathType"), "pathType must be specified");
      return;
    }
    String value = rule.getPath();
    FieldPath place = path.child("path");
    boolean absolute = value.startsWith("/");
    switch (rule.getPathType()) {
      case "Exact", "Prefix" -> {
        if (!absolute) {
          errors.invalid(place, value, "must be an absolute path");
        }
        NOT_IN_PATH.stream()
            .filter(value::contains)
            .forEach(part -> errors.invalid(place, value, "must not contain '" + part + "'"));
        NOT_AT_END.stream()
            .filter(value::endsWith)
            .forEach(end -> errors.invalid(place, value, "cannot end with '" + end + "'"));
      }
      case "ImplementationSpecific" -> {
        if (!absolute && !value.isEmpty()) {
          errors.invalid(place, value, "must be an absolute path");
        }
      }
      default -> errors.notSupported(path.child("pathType"), rule.getPathType(), PATH_TYPES);
    }
    backend(rule.getBackend(), path.child("backend"));
  }

  private void backend(IngressBackend backend, FieldPath path) {
    if (backend.hasResource() && backend.hasService()) {
      errors.invalid(path, "", "cannot set both resource and service backends");
    } else if (backend.hasResource()) {
      resource(backend.getResource(), path.child("resource"));
    } else if (backend.hasService()) {
      String name = backend.getService().getName();
      FieldPath place = path.child("service", "name");
      if (name.isEmpty()) {
        errors.required(place);
      } else {
        Checks.form(name, Names::dnsLabel, place, errors);
      }
      port(backend.getService().getPort(), path);
    } else {
      errors.invalid(path, "", "resource or service backend is required");
    }
  }

  private void port(ServiceBackendPort port, FieldPath path) {
    FieldPath place = path.child("service", "port");
    boolean named = !port.getName().isEmpty();
    boolean numbered = port.getNumber() != 0;
    if (named && numbered) {
      errors.invalid(path, "", "cannot set both port name & port number");
    } else if (named) {
      Checks.form(port.getName(), Names::portName, place.child("name"), errors);
    } else if (numbered) {
      Checks.port(port.getNumber(), place.child("number"), errors);
    } else {
      errors.required(path, "port name or number is required");
    }
  }

  private void resource(TypedLocalObjectReference resource, FieldPath path) {
    if (resource.hasApiGroup()) {
      Checks.form(resource.getApiGroup(), Names::dnsSubdomain, path.child("apiGroup"), errors);
    }
    Checks.requiredForm(resource.getKind(), Names::pathSegment, path.child("kind"), errors);
    Checks.requiredForm(resource.getName(), Names::pathSegment, path.child("name"), errors);
  }
}
