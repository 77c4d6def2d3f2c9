package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerPort;
import io.kemudi.kubernetes.core.v1.EnvVar;
import io.kemudi.kubernetes.core.v1.NodeSelectorTerm;
import io.kemudi.kubernetes.core.v1.PodAffinityTerm;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.kubernetes.core.v1.VolumeProjection;
import io.kemudi.kubernetes.core.v1.VolumeSource;
import io.kemudi.kubernetes.core.v1.WeightedPodAffinityTerm;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What a pod, or a template for pods, may say but had better not.
final class PodWarnings {
  private static final String OF_POD_SYSCTLS =
      "non-functional in v1.11+; use the \"sysctls\" field instead";
  private static final Map<String, String> ANNOTATIONS = annotations();
  private static final String SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
  private static final String SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
  private static final String APPARMOR_CONTAINER =
      "container.apparmor.security.beta.kubernetes.io/";
  private static final String SECCOMP =
      "non-functional in v1.27+; use the \"seccompProfile\" field instead";
  private static final String APPARMOR =
      "deprecated since v1.30; use the \"appArmorProfile\" field instead";
  private static final String NO_SELECTOR = "a null labelSelector results in matching no pod";

  private final PodSpec spec;
  private final ObjectMeta metadata;
  private final @Nullable FieldPath root;
  private final List<String> warnings = new ArrayList<>();

  private PodWarnings(PodSpec spec, ObjectMeta metadata, @Nullable FieldPath root) {
    this.spec = spec;
    this.metadata = metadata;
    this.root = root;
  }

  /// @param root where the template is; null for a pod itself
  static List<String> of(PodSpec spec, ObjectMeta metadata, @Nullable FieldPath root) {
    PodWarnings all = new PodWarnings(spec, metadata, root);
    all.scheduling();
    all.deprecatedAnnotations();
    all.volumes();
    all.duplicates();
    all.overhead();
    all.eachContainer();
    all.ports();
    all.grace();
    all.affinities();
    return all.warnings;
  }

  private static Map<String, String> annotations() {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put(
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead");
    annotations.put("security.alpha.kubernetes.io/sysctls", OF_POD_SYSCTLS);
    annotations.put("security.alpha.kubernetes.io/unsafe-sysctls", OF_POD_SYSCTLS);
    return annotations;
  }

  private FieldPath at(String field) {
    return root == null ? FieldPath.of(field) : root.child(field);
  }

  private FieldPath inSpec(String field) {
    return at("spec").child(field);
  }

  private void warn(FieldPath path, String text) {
    warnings.add(path + ": " + text);
  }

  private void scheduling() {
    for (String label : new TreeSet<>(spec.getNodeSelectorMap().keySet())) {
      String advice = NodeLabels.deprecation(label);
      if (advice != null) {
        warn(inSpec("nodeSelector").key(label), advice);
      }
    }
    var affinity = spec.getAffinity().getNodeAffinity();
    FieldPath node = inSpec("affinity").child("nodeAffinity");
    var required =
        affinity.getRequiredDuringSchedulingIgnoredDuringExecution().getNodeSelectorTermsList();
    for (int i = 0; i < required.size(); i++) {
      term(
          required.get(i),
          node.child("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
              .index(i));
    }
    var preferred = affinity.getPreferredDuringSchedulingIgnoredDuringExecutionList();
    for (int i = 0; i < preferred.size(); i++) {
      term(
          preferred.get(i).getPreference(),
          node.child("preferredDuringSchedulingIgnoredDuringExecution")
              .index(i)
              .child("preference"));
    }
    for (int i = 0; i < spec.getTopologySpreadConstraintsCount(); i++) {
      var constraint = spec.getTopologySpreadConstraints(i);
      FieldPath path = inSpec("topologySpreadConstraints").index(i);
      String advice = NodeLabels.deprecation(constraint.getTopologyKey());
      if (advice != null) {
        warn(path.child("topologyKey"), constraint.getTopologyKey() + " is " + advice);
      }
      if (!constraint.hasLabelSelector()) {
        warn(path.child("labelSelector"), NO_SELECTOR);
      }
    }
  }

  private void term(NodeSelectorTerm term, FieldPath path) {
    for (int i = 0; i < term.getMatchExpressionsCount(); i++) {
      String key = term.getMatchExpressions(i).getKey();
      String advice = NodeLabels.deprecation(key);
      if (advice != null) {
        warn(path.child("matchExpressions").index(i).child("key"), key + " is " + advice);
      }
    }
  }

  private void deprecatedAnnotations() {
    FieldPath path = at("metadata").child("annotations");
    ANNOTATIONS.forEach((key, advice) -> {
      if (metadata.containsAnnotations(key)) {
        warn(path.key(key), advice);
      }
    });
  }

  private void volumes() {
    for (int i = 0; i < spec.getVolumesCount(); i++) {
      Volume volume = spec.getVolumes(i);
      VolumeSource source = volume.getVolumeSource();
      FieldPath path = inSpec("volumes").index(i);
      BiConsumer<Boolean, String> gone =
          (present, fieldAndAdvice) -> {
            int space = fieldAndAdvice.indexOf(' ');
            if (present) {
              warn(
                  path.child(fieldAndAdvice.substring(0, space)),
                  fieldAndAdvice.substring(space + 1));
            }
          };
      gone.accept(
          source.hasPhotonPersistentDisk(),
          "photonPersistentDisk deprecated in v1.11, non-functional in v1.16+");
      gone.accept(
          source.hasGitRepo(), "gitRepo deprecated in v1.11, and disabled by default in v1.33+");
      gone.accept(source.hasScaleIO(), "scaleIO deprecated in v1.16, non-functional in v1.22+");
      gone.accept(source.hasFlocker(), "flocker deprecated in v1.22, non-functional in v1.25+");
      gone.accept(source.hasStorageos(), "storageOS deprecated in v1.22, non-functional in v1.25+");
      gone.accept(source.hasQuobyte(), "quobyte deprecated in v1.22, non-functional in v1.25+");
      gone.accept(source.hasGlusterfs(), "glusterfs deprecated in v1.25, non-functional in v1.26+");
      gone.accept(source.hasCephfs(), "cephfs deprecated in v1.28, non-functional in v1.31+");
      gone.accept(source.hasRbd(), "rbd deprecated in v1.28, non-functional in v1.31+");
      List<VolumeProjection> sources = source.getProjected().getSourcesList();
      if (source.hasProjected()
          && (sources.isEmpty() || sources.contains(VolumeProjection.getDefaultInstance()))) {
        warnings.add("volume \"" + volume.getName() + "\" (Projected) has no sources provided");
      }
    }
  }

  private void duplicates() {
    Set<String> addresses = new HashSet<>();
    for (int i = 0; i < spec.getHostAliasesCount(); i++) {
      String address = spec.getHostAliases(i).getIp();
      if (!addresses.add(address)) {
        warn(inSpec("hostAliases").index(i).child("ip"), "duplicate ip \"" + address + "\"");
      }
    }
    FieldPath secrets = inSpec("imagePullSecrets");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.getImagePullSecretsCount(); i++) {
      String name = spec.getImagePullSecrets(i).getName();
      if (!names.add(name)) {
        warn(secrets.index(i).child("name"), "duplicate name \"" + name + "\"");
      }
    }
    for (int i = 0; i < spec.getImagePullSecretsCount(); i++) {
      if (spec.getImagePullSecrets(i).getName().isEmpty()) {
        warn(secrets.index(i).child("name"), "invalid empty name \"\"");
      }
    }
  }

  private void overhead() {
    whole(spec.getOverheadMap(), inSpec("overhead"));
    if (!spec.getSecurityContext().hasSeccompProfile()
        && metadata.containsAnnotations(SECCOMP_POD)) {
      warn(at("metadata").child("annotations").key(SECCOMP_POD), SECCOMP);
    }
  }

  /// Bytes cannot be divided.
  private void whole(Map<String, io.kemudi.kubernetes.quantity.Quantity> amounts, FieldPath path) {
    for (String resource : List.of("memory", "ephemeral-storage")) {
      var amount = amounts.get(resource);
      if (amount == null) {
        continue;
      }
      Quantity quantity = ResourcesValidation.quantity(amount);
      if (!quantity.isMultipleOf(0)) {
        warn(
            path.key(resource),
            "fractional byte value \"" + quantity + "\" is invalid, must be an integer");
      }
    }
  }

  /// All containers with their places, in upstream's order.
  private void visit(BiConsumer<Container, FieldPath> visitor) {
    for (int i = 0; i < spec.getInitContainersCount(); i++) {
      visitor.accept(spec.getInitContainers(i), inSpec("initContainers").index(i));
    }
    for (int i = 0; i < spec.getContainersCount(); i++) {
      visitor.accept(spec.getContainers(i), inSpec("containers").index(i));
    }
    for (int i = 0; i < spec.getEphemeralContainersCount(); i++) {
      visitor.accept(
          EphemeralContainers.common(spec.getEphemeralContainers(i)),
          inSpec("ephemeralContainers").index(i));
    }
  }

  private void eachContainer() {
    FieldPath annotations = at("metadata").child("annotations");
    boolean podProfile = spec.getSecurityContext().hasAppArmorProfile();
    visit((container, path) -> {
      String seccomp = SECCOMP_CONTAINER + container.getName();
      if (!container.getSecurityContext().hasSeccompProfile()
          && metadata.containsAnnotations(seccomp)) {
        warn(annotations.key(seccomp), SECCOMP);
      }
      String appArmor = APPARMOR_CONTAINER + container.getName();
      if (!podProfile
          && !container.getSecurityContext().hasAppArmorProfile()
          && metadata.containsAnnotations(appArmor)) {
        warn(annotations.key(appArmor), APPARMOR);
      }
      whole(container.getResources().getLimitsMap(), path.child("resources", "limits"));
      whole(container.getResources().getRequestsMap(), path.child("resources", "requests"));
      hiddenVariables(container.getEnvList(), path.child("env"));
    });
  }

  /// A second definition that does not build on the first hides it.
  private void hiddenVariables(List<EnvVar> variables, FieldPath path) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < variables.size(); i++) {
      EnvVar variable = variables.get(i);
      if (names.add(variable.getName())) {
        continue;
      }
      String reference = "$(" + variable.getName() + ")";
      if (variable.hasValueFrom()
          || variable.getValue().equals(reference)
          || !variable.getValue().contains(reference)) {
        warn(
            path.index(i),
            "hides previous definition of \""
                + variable.getName()
                + "\", which may be dropped when using apply");
      }
    }
  }

  private record PlacedPort(ContainerPort port, FieldPath path) {}

  private void ports() {
    Map<String, List<PlacedPort>> known = new LinkedHashMap<>();
    visit((container, path) -> {
      for (int i = 0; i < container.getPortsCount(); i++) {
        PlacedPort port = new PlacedPort(container.getPorts(i), path.child("ports").index(i));
        port(
            port,
            known.computeIfAbsent(
                port.port.getContainerPort() + "/" + port.port.getProtocol(),
                _ -> new ArrayList<>()));
      }
    });
  }

  /// @param others those with the same number and protocol; gains this one
  private void port(PlacedPort placed, List<PlacedPort> others) {
    ContainerPort port = placed.port;
    if (!port.getHostIP().isEmpty() && port.getHostPort() == 0) {
      warn(
          placed.path,
          "hostIP set without hostPort: {Name:%s HostPort:0 ContainerPort:%d Protocol:%s HostIP:%s}"
              .formatted(
                  port.getName(), port.getContainerPort(), port.getProtocol(), port.getHostIP()));
    }
    for (PlacedPort other : others) {
      boolean samePort = port.getHostPort() == other.port.getHostPort();
      if (samePort && port.getHostIP().equals(other.port.getHostIP())) {
        warn(placed.path, "duplicate port definition with " + other.path);
      } else if (port.getHostPort() == 0 || other.port.getHostPort() == 0) {
        warn(placed.path, "overlapping port definition with " + other.path);
      } else if (samePort && port.getHostIP().isEmpty() != other.port.getHostIP().isEmpty()) {
        warn(placed.path, "dangerously ambiguous port definition with " + other.path);
      }
    }
    others.add(placed);
  }

  private void grace() {
    if (spec.getTerminationGracePeriodSeconds() < 0) {
      warn(
          inSpec("terminationGracePeriodSeconds"),
          "must be >= 0; negative values are invalid and will be treated as 1");
    }
  }

  private void affinities() {
    var near = spec.getAffinity().getPodAffinity();
    selectors(
        near.getRequiredDuringSchedulingIgnoredDuringExecutionList(),
        near.getPreferredDuringSchedulingIgnoredDuringExecutionList(),
        inSpec("affinity").child("podAffinity"));
    var far = spec.getAffinity().getPodAntiAffinity();
    selectors(
        far.getRequiredDuringSchedulingIgnoredDuringExecutionList(),
        far.getPreferredDuringSchedulingIgnoredDuringExecutionList(),
        inSpec("affinity").child("podAntiAffinity"));
  }

  private void selectors(
      List<PodAffinityTerm> required, List<WeightedPodAffinityTerm> preferred, FieldPath path) {
    for (int i = 0; i < required.size(); i++) {
      if (!required.get(i).hasLabelSelector()) {
        warn(
            path.child("requiredDuringSchedulingIgnoredDuringExecution")
                .index(i)
                .child("labelSelector"),
            NO_SELECTOR);
      }
    }
    for (int i = 0; i < preferred.size(); i++) {
      if (!preferred.get(i).getPodAffinityTerm().hasLabelSelector()) {
        warn(
            path.child("preferredDuringSchedulingIgnoredDuringExecution")
                .index(i)
                .child("podAffinityTerm", "labelSelector"),
            NO_SELECTOR);
      }
    }
  }
}
