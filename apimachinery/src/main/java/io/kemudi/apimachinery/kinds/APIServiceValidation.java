package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.apiregistration.v1.APIService;
import java.util.List;

/// APIService. Without a service the API server itself serves the version.
final class APIServiceValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int GROUP_PRIORITY_MAX = 20_000;
  private static final int VERSION_PRIORITY_MAX = 1000;

  private APIServiceValidation() {}

  static void validate(APIService service, FieldErrors errors) {
    var spec = service.getSpec();
    String name = service.getMetadata().getName();
    String required = spec.getVersion() + "." + spec.getGroup();
    if (Names.pathSegment(name).isEmpty() && !name.equals(required)) {
      errors.invalid(
          FieldPath.of("metadata", "name"),
          name,
          "must be `spec.version+\".\"+spec.group`: \"" + required + "\"");
    }
    if (!spec.getGroup().isEmpty()) {
      Checks.form(spec.getGroup(), Names::dnsSubdomain, SPEC.child("group"), errors);
    } else if (!spec.getVersion().equals("v1")) {
      errors.required(
          SPEC.child("group"), "only v1 may have an empty group and it better be legacy kube");
    }
    Checks.form(spec.getVersion(), Names::dns1035Label, SPEC.child("version"), errors);
    priority(spec.getGroupPriorityMinimum(), GROUP_PRIORITY_MAX, "groupPriorityMinimum", errors);
    priority(spec.getVersionPriority(), VERSION_PRIORITY_MAX, "versionPriority", errors);
    if (!spec.hasService()) {
      local(service, errors);
      return;
    }
    FieldPath path = SPEC.child("service");
    Checks.requiredText(spec.getService().getNamespace(), path.child("namespace"), errors);
    Checks.requiredText(spec.getService().getName(), path.child("name"), errors);
    Checks.port(spec.getService().getPort(), path.child("port"), errors);
    if (spec.getInsecureSkipTLSVerify() && !spec.getCaBundle().isEmpty()) {
      errors.invalid(
          SPEC.child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present");
    }
  }

  private static void priority(int value, int max, String field, FieldErrors errors) {
    if (value <= 0 || value > max) {
      errors.invalid(SPEC.child(field), value, "must be positive and less than " + max);
    }
  }

  private static void local(APIService service, FieldErrors errors) {
    var spec = service.getSpec();
    if (!spec.getCaBundle().isEmpty()) {
      errors.invalid(
          SPEC.child("caBundle"),
          spec.getCaBundle().size() + " bytes",
          "local APIServices may not have a caBundle");
    }
    if (spec.getInsecureSkipTLSVerify()) {
      errors.invalid(
          SPEC.child("insecureSkipTLSVerify"),
          true,
          "local APIServices may not have insecureSkipTLSVerify");
    }
  }

  static void validateStatus(APIService service, FieldErrors errors) {
    for (int i = 0; i < service.getStatus().getConditionsCount(); i++) {
      Checks.oneOf(
          service.getStatus().getConditions(i).getStatus(),
          List.of("True", "False", "Unknown"),
          FieldPath.of("status", "conditions").index(i).child("status"),
          errors);
    }
  }
}
