package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.pods.PodContainers;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.admission.podsecurity.Level;
import io.kemudi.apiserver.admission.podsecurity.Policy;
import io.kemudi.apiserver.admission.podsecurity.Policy.Standard;
import io.kemudi.apiserver.admission.podsecurity.Standards;
import io.kemudi.apiserver.admission.podsecurity.Violation;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.PodTemplateSpec;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Holds pods to the standard that their namespace's labels ask for, warns where workloads would
/// make pods that are refused, and tells who tightens a namespace which of its pods break the new
/// standard.
final class PodSecurityAdmission implements AdmissionPlugin {
  private static final String PREFIX = "pod-security.kubernetes.io/";

  /// Upstream looks at no more pods of a namespace than this.
  private static final int MAX_PODS = 3000;

  private static final Set<String> WORKLOADS =
      Set.of(
          "cronjobs.batch",
          "daemonsets.apps",
          "deployments.apps",
          "jobs.batch",
          "podtemplates",
          "replicasets.apps",
          "replicationcontrollers",
          "statefulsets.apps");

  /// These cannot change what a pod may do.
  private static final Set<String> HARMLESS =
      Set.of("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status");

  /// Who and what is not held to any standard. Nobody and nothing by default.
  record Exemptions(Set<String> users, Set<String> namespaces, Set<String> runtimeClasses) {
    static final Exemptions NONE = new Exemptions(Set.of(), Set.of(), Set.of());
  }

  private final ObjectReader objects;
  private final Exemptions exemptions;

  PodSecurityAdmission(ObjectReader objects, Exemptions exemptions) {
    this.objects = objects;
    this.exemptions = exemptions;
  }

  @Override
  public String name() {
    return "PodSecurity";
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (request.operation() == Operation.DELETE) {
      return;
    }
    String resource = request.target().row().qualifiedResource();
    String subresource = request.target().subresource();
    if (resource.equals("namespaces") && subresource.isEmpty()) {
      namespace(request);
    } else if (resource.equals("pods") && !HARMLESS.contains(subresource)) {
      pod(request);
    } else if (WORKLOADS.contains(resource) && subresource.isEmpty()) {
      workload(request);
    }
  }

  // ---- namespaces ----

  private void namespace(AdmissionRequest request) {
    FieldErrors errors = new FieldErrors();
    Policy policy = Policy.of(Meta.labels(request.object()), errors);
    FieldErrors before = new FieldErrors();
    Map<String, @Nullable Object> old = request.old();
    Policy oldPolicy = old == null ? Policy.NONE : Policy.of(Meta.labels(old), before);
    // What was wrong already does not keep the rest of the namespace from being changed.
    if (!errors.isEmpty() && !text(errors).equals(text(before))) {
      throw invalid(request, errors);
    }
    Standard now = policy.enforce();
    boolean tightened =
        !now.equals(oldPolicy.enforce())
            && now.level() != Level.PRIVILEGED
            && !(now.minor() == oldPolicy.enforce().minor()
                && now.level().compareTo(oldPolicy.enforce().level()) <= 0);
    if (old != null && tightened && !exemptions.namespaces.contains(request.target().name())) {
      warnings(request.target().name(), now).forEach(request.context()::warn);
    }
  }

  private static String text(FieldErrors errors) {
    return errors.list().stream().map(FieldError::toString).collect(Collectors.joining(", "));
  }

  private static ApiException invalid(AdmissionRequest request, FieldErrors errors) {
    String why = errors.size() == 1 ? text(errors) : "[" + text(errors) + "]";
    return new ApiException(
        StatusReason.INVALID,
        "namespaces \"" + request.target().name() + "\" is invalid: " + why,
        StatusDetails.of("", "namespaces", request.target().name()));
  }

  private List<String> warnings(String namespace, Standard standard) {
    Map<String, List<String>> podsByReasons = new HashMap<>();
    List<Pod> pods = objects.in("pods", namespace, Pod.parser());
    for (Pod pod : pods.subList(0, Math.min(MAX_PODS, pods.size()))) {
      if (!exemptions.runtimeClasses.contains(pod.getSpec().getRuntimeClassName())) {
        List<Violation> found = Standards.violations(standard, pod.getMetadata(), pod.getSpec());
        if (!found.isEmpty()) {
          podsByReasons
              .computeIfAbsent(Violation.reasons(found), _ -> new ArrayList<>())
              .add(pod.getMetadata().getName());
        }
      }
    }
    List<String> warnings = new ArrayList<>();
    if (pods.size() > MAX_PODS) {
      warnings.add(
          "new PodSecurity enforce level only checked against the first "
              + MAX_PODS
              + " of "
              + pods.size()
              + " existing pods");
    }
    if (!podsByReasons.isEmpty()) {
      warnings.add(
          "existing pods in namespace \""
              + namespace
              + "\" violate the new PodSecurity enforce level \""
              + standard
              + "\"");
    }
    podsByReasons.entrySet().stream()
        .map(entry -> pods(entry.getValue()) + ": " + entry.getKey())
        .sorted()
        .forEach(warnings::add);
    return warnings;
  }

  /// The first pod by name, and how many more.
  private static String pods(List<String> names) {
    String first = names.stream().min(String::compareTo).orElseThrow();
    return switch (names.size()) {
      case 1 -> first;
      case 2 -> first + " (and 1 other pod)";
      default -> first + " (and " + (names.size() - 1) + " other pods)";
    };
  }

  // ---- pods ----

  private void pod(AdmissionRequest request) {
    FieldErrors errors = new FieldErrors();
    Policy policy = policy(request, errors);
    if (policy.equals(Policy.NONE) && errors.isEmpty()) {
      return;
    }
    Pod pod = Messages.pod(request.object());
    Map<String, @Nullable Object> old = request.old();
    if (old != null && !matters(pod, Messages.pod(old))) {
      return;
    }
    evaluate(request, policy, errors, pod.getMetadata(), pod.getSpec(), true);
  }

  /// Of a pod that is there only few fields can change, and fewer count here.
  private static boolean matters(Pod pod, Pod old) {
    PodSpec now = pod.getSpec();
    PodSpec before = old.getSpec();
    return now.getContainersCount() != before.getContainersCount()
        || now.getInitContainersCount() != before.getInitContainersCount()
        || !seccomp(pod.getMetadata()).equals(seccomp(old.getMetadata()))
        || !images(now).equals(images(before)) && hasNew(images(before), images(now));
  }

  private static Map<String, String> seccomp(ObjectMeta metadata) {
    Map<String, String> found = new TreeMap<>(metadata.getAnnotationsMap());
    found.keySet().removeIf(key -> !key.contains("seccomp.security.alpha.kubernetes.io/"));
    return found;
  }

  private static Map<String, String> images(PodSpec spec) {
    return PodContainers.all(spec).stream()
        .collect(Collectors.toMap(Container::getName, Container::getImage, (a, _) -> a));
  }

  private static boolean hasNew(Map<String, String> before, Map<String, String> now) {
    return now.entrySet().stream()
        .anyMatch(entry -> !entry.getValue().equals(before.get(entry.getKey())));
  }

  private void workload(AdmissionRequest request) {
    FieldErrors errors = new FieldErrors();
    Policy policy = policy(request, errors);
    boolean silent =
        policy.warn().level() == Level.PRIVILEGED && policy.audit().level() == Level.PRIVILEGED;
    Map<String, @Nullable Object> template = template(request);
    if (silent && errors.isEmpty() || template == null) {
      return;
    }
    PodTemplateSpec pod =
        Messages.of("core.v1.PodTemplateSpec", PodTemplateSpec.parser(), template);
    evaluate(request, policy, errors, pod.getMetadata(), pod.getSpec(), false);
  }

  private static @Nullable Map<String, @Nullable Object> template(AdmissionRequest request) {
    Object template =
        switch (request.target().row().resource()) {
          case "podtemplates" -> request.object().get("template");
          case "cronjobs" -> Trees.at(request.object(), "spec", "jobTemplate", "spec", "template");
          default -> Trees.at(request.object(), "spec", "template");
        };
    return Trees.objectOrNull(template);
  }

  private Policy policy(AdmissionRequest request, FieldErrors errors) {
    String name = request.target().namespace();
    if (exemptions.namespaces.contains(name)
        || exemptions.users.contains(request.context().user().name())) {
      return Policy.NONE;
    }
    Map<String, @Nullable Object> namespace = objects.cached("namespaces", "", name);
    if (namespace == null) {
      namespace = objects.latest("namespaces", "", name);
    }
    if (namespace == null) {
      throw new ApiException(StatusReason.INTERNAL_ERROR, "failed to lookup namespace " + name);
    }
    return Policy.of(Meta.labels(namespace), errors);
  }

  private void evaluate(
      AdmissionRequest request,
      Policy policy,
      FieldErrors errors,
      ObjectMeta metadata,
      PodSpec spec,
      boolean enforced) {
    if (spec.hasRuntimeClassName()
        && exemptions.runtimeClasses.contains(spec.getRuntimeClassName())) {
      return;
    }
    var audit = request.context().audit();
    if (!errors.isEmpty()) {
      audit.annotate(PREFIX + "error", "Failed to parse policy: " + text(errors));
    }
    List<Violation> noted = Standards.violations(policy.audit(), metadata, spec);
    if (!noted.isEmpty()) {
      audit.annotate(PREFIX + "audit-violations", wouldViolate(policy.audit(), noted));
    }
    if (enforced) {
      audit.annotate(PREFIX + "enforce-policy", policy.enforce().toString());
      List<Violation> found = Standards.violations(policy.enforce(), metadata, spec);
      if (!found.isEmpty()) {
        throw request.forbidden(
            "violates PodSecurity \"" + policy.enforce() + "\": " + Violation.details(found));
      }
    }
    List<Violation> warned = Standards.violations(policy.warn(), metadata, spec);
    if (!warned.isEmpty()) {
      request.context().warn(wouldViolate(policy.warn(), warned));
    }
  }

  private static String wouldViolate(Standard standard, List<Violation> violations) {
    return "would violate PodSecurity \"" + standard + "\": " + Violation.details(violations);
  }
}
