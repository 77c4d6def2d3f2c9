package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Advice about writes that are accepted, each in upstream's words.
class WarningsTest {
  private static final String CONTAINERS = "{'containers':[{'name':'c','image':'i'}]}";
  private static final String TEMPLATE =
      "'template':{'metadata':{'labels':{'a':'b'}},'spec':" + CONTAINERS + "}";

  private static Rules rules(String kind) {
    return switch (kind) {
      case "Pod" -> Rules.of("", "Pod", "{'spec':" + CONTAINERS + "}");
      case "Service" -> Rules.of("", "Service", "{'spec':{'ports':[{'port':80}]}}");
      case "Deployment" ->
          Rules.of(
              "apps",
              "Deployment",
              "{'spec':{'selector':{'matchLabels':{'a':'b'}}," + TEMPLATE + "}}");
      case "CronJob" ->
          Rules.of("batch", "CronJob", "{'spec':{'jobTemplate':{'spec':{" + TEMPLATE + "}}}}");
      case "Ingress" -> Rules.of("networking.k8s.io", "Ingress", "{'spec':{}}");
      case "NetworkPolicy" ->
          Rules.of(
              "networking.k8s.io",
              "NetworkPolicy",
              "{'spec':{'ingress':[{'from':[{'ipBlock':{'cidr':'10.0.0.0/8'}}]}]}}");
      case "EndpointSlice" ->
          Rules.of("discovery.k8s.io", "EndpointSlice", "{'addressType':'IPv4'}");
      case "ServiceAccount" -> Rules.of("", "ServiceAccount", "{}");
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Pod | spec.volumes=[{'name':'v','projected':{}}]"
            + " | volume \"v\" (Projected) has no sources provided",
        "Pod | spec.volumes=[{'name':'v','rbd':{}}]"
            + " | spec.volumes[0].rbd: deprecated in v1.28, non-functional in v1.31+",
        "Pod | metadata.annotations={'scheduler.alpha.kubernetes.io/critical-pod':''}"
            + " | metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in"
            + " v1.16+; use the \"priorityClassName\" field instead",
        "Pod | metadata.annotations={'container.apparmor.security.beta.kubernetes.io/c':'x'}"
            + " | metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated"
            + " since v1.30; use the \"appArmorProfile\" field instead",
        "Pod | metadata.annotations={'seccomp.security.alpha.kubernetes.io/pod':'x'}"
            + " | metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in"
            + " v1.27+; use the \"seccompProfile\" field instead",
        "Pod | spec.overhead={'memory':'100m'}"
            + " | spec.overhead[memory]: fractional byte value \"100m\" is invalid, must be an integer",
        "Pod | spec.topologySpreadConstraints=[{'topologyKey':'beta.kubernetes.io/arch',"
            + "'labelSelector':{}}]"
            + " | spec.topologySpreadConstraints[0].topologyKey: beta.kubernetes.io/arch is deprecated"
            + " since v1.14; use \"kubernetes.io/arch\" instead",
        "Pod | spec.affinity={'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
            + "[{'topologyKey':'a'}]}}"
            + " | spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"
            + ".labelSelector: a null labelSelector results in matching no pod",
        "Pod | spec.imagePullSecrets=[{}]"
            + " | spec.imagePullSecrets[0].name: invalid empty name \"\"",
        "Pod | spec.containers.0.ports=[{'containerPort':80,'hostPort':1},{'containerPort':80}]"
            + " | spec.containers[0].ports[1]: overlapping port definition with"
            + " spec.containers[0].ports[0]",
        "Pod | spec.containers.0.ports=[{'containerPort':80,'hostPort':1,'hostIP':'1.2.3.4'},"
            + "{'containerPort':80,'hostPort':1}]"
            + " | spec.containers[0].ports[1]: dangerously ambiguous port definition with"
            + " spec.containers[0].ports[0]",
        "Deployment | spec.template.spec.terminationGracePeriodSeconds=-1"
            + " | spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are"
            + " invalid and will be treated as 1",
        "CronJob | metadata.name='a.b'"
            + " | metadata.name: this is used in Pod names and hostnames, which can result in"
            + " surprising behavior; a DNS label is recommended: [must not contain dots]",
        "Service | spec.trafficDistribution='PreferClose'"
            + " | spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"",
        "Service | spec.clusterIP='None' & spec.sessionAffinity='ClientIP'"
            + " | spec.SessionAffinity is ignored for headless services",
        "Service | spec.externalName='a.b'"
            + " | spec.externalName is ignored when spec.type is not \"ExternalName\"",
        "Service | spec.loadBalancerIP='2001:DB8::1' | spec.loadBalancerIP: IPv6 address"
            + " \"2001:DB8::1\" should be in RFC 5952 canonical format (\"2001:db8::1\")",
        "Ingress | metadata.annotations={'kubernetes.io/ingress.class':'x'} | annotation"
            + " \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName'"
            + " instead",
        "NetworkPolicy | spec.ingress.0.from.0.ipBlock.cidr='FD00::/8'"
            + " | spec.ingress[0].from[0].ipBlock.cidr: IPv6 CIDR value \"FD00::/8\" should be in RFC"
            + " 5952 canonical format (\"fd00::/8\")",
        "EndpointSlice | addressType='FQDN' | addressType: FQDN endpoints are deprecated",
        "ServiceAccount | metadata.annotations={'kubernetes.io/enforce-mountable-secrets':'true'}"
            + " | metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+;"
            + " prefer separate namespaces to isolate access to mounted secrets"
      })
  void warns(String kind, String change, String warning) {
    assertThat(rules(kind).warnings("")).isEmpty();
    assertThat(rules(kind).warnings(change)).containsExactly(Objects.requireNonNull(warning));
  }
}
