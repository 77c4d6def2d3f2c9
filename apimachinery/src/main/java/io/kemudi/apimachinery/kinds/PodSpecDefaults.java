package io.kemudi.apimachinery.kinds;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Defaults of a pod's spec: those shared by pods and pod templates, and those that only a pod
/// gets, so that a template says no more than its author did.
final class PodSpecDefaults {
  private static final ConstantDefaults OF_SPEC =
      new ConstantDefaults(
          "restartPolicy=Always",
          "terminationGracePeriodSeconds=30",
          "dnsPolicy=ClusterFirst",
          "securityContext={}",
          "schedulerName=default-scheduler");

  private static final ConstantDefaults OF_CONTAINER =
      new ConstantDefaults(
          "resources={}",
          "terminationMessagePath=/dev/termination-log",
          "terminationMessagePolicy=File",
          "ports[].protocol=TCP",
          "env[].valueFrom.fieldRef.apiVersion=v1",
          "env[].valueFrom.resourceFieldRef.divisor='0",
          "env[].valueFrom.fileKeyRef.optional=false");

  private static final ConstantDefaults OF_PROBE =
      new ConstantDefaults(
          "timeoutSeconds?=1",
          "periodSeconds?=10",
          "successThreshold?=1",
          "failureThreshold?=3",
          "grpc.service=\"\"");

  private static final ConstantDefaults OF_HANDLER =
      new ConstantDefaults("httpGet.path=/", "httpGet.scheme=HTTP");

  private PodSpecDefaults() {}

  /// For the `template` field of workloads; `holder` is their spec.
  static void applyToTemplateOf(Map<String, @Nullable Object> holder) {
    Map<String, @Nullable Object> template = Tree.made(holder, "template");
    applyToSpec(Tree.made(template, "spec"));
  }

  static void applyToPod(Map<String, @Nullable Object> pod) {
    Map<String, @Nullable Object> spec = Tree.made(pod, "spec");
    for (String list : List.of("containers", "initContainers")) {
      for (Map<String, @Nullable Object> container : Tree.maps(spec, list)) {
        requestWhatIsLimited(container);
      }
    }
    Tree.ifPresent(spec, "resources", resources -> PodResources.applyDefaults(resources, spec));
    Tree.defaultTo(spec, "enableServiceLinks", true);
    if (Tree.flag(spec, "hostNetwork")) {
      for (String list : List.of("containers", "initContainers")) {
        Tree.maps(spec, list).forEach(PodSpecDefaults::useContainerPortsOnHost);
      }
    }
    applyToSpec(spec);
  }

  private static void applyToSpec(Map<String, @Nullable Object> spec) {
    mirrorServiceAccount(spec);
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      for (Map<String, @Nullable Object> container : Tree.maps(spec, list)) {
        applyToContainer(container);
      }
    }
    for (Map<String, @Nullable Object> volume : Tree.maps(spec, "volumes")) {
      VolumeDefaults.applyToPodVolume(volume);
    }
    OF_SPEC.apply(spec);
  }

  /// The deprecated name of the service account always says what the other one does.
  private static void mirrorServiceAccount(Map<String, @Nullable Object> spec) {
    String name = Tree.text(spec, "serviceAccountName");
    if (name.isEmpty()) {
      name = Tree.text(spec, "serviceAccount");
    }
    if (!name.isEmpty()) {
      spec.put("serviceAccountName", name);
      spec.put("serviceAccount", name);
    }
  }

  private static void applyToContainer(Map<String, @Nullable Object> container) {
    OF_CONTAINER.apply(container);
    Tree.defaultText(
        container, "imagePullPolicy", ImageTag.pullPolicy(Tree.text(container, "image")));
    for (String field : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      Tree.ifPresent(
          container,
          field,
          probe -> {
            OF_PROBE.apply(probe);
            OF_HANDLER.apply(probe);
          });
    }
    Tree.ifPresent(
        container,
        "lifecycle",
        lifecycle -> {
          Tree.ifPresent(lifecycle, "postStart", OF_HANDLER::apply);
          Tree.ifPresent(lifecycle, "preStop", OF_HANDLER::apply);
        });
  }

  private static void requestWhatIsLimited(Map<String, @Nullable Object> container) {
    Map<String, @Nullable Object> limits = Tree.map(container, "resources", "limits");
    if (limits == null || limits.isEmpty()) {
      return;
    }
    Map<String, @Nullable Object> resources = Tree.made(container, "resources");
    Map<String, @Nullable Object> requests = Tree.map(resources, "requests");
    Map<String, @Nullable Object> all = requests == null ? new LinkedHashMap<>() : requests;
    limits.forEach(all::putIfAbsent);
    resources.put("requests", all);
  }

  private static void useContainerPortsOnHost(Map<String, @Nullable Object> container) {
    for (Map<String, @Nullable Object> port : Tree.maps(container, "ports")) {
      if (port.get("containerPort") instanceof Number number) {
        Tree.defaultNumber(port, "hostPort", number.longValue());
      }
    }
  }
}
