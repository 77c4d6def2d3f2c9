package io.kemudi.apiserver.admission;

import static io.kemudi.apiserver.admission.AdmissionFixture.assertRefused;
import static io.kemudi.apiserver.admission.AdmissionFixture.podJson;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodSecurityTest {
  private static final String ENFORCE = "'pod-security.kubernetes.io/enforce':";
  private static final String HARDENED =
      "'securityContext':{'runAsNonRoot':true,'seccompProfile':{'type':'RuntimeDefault'}},"
          + "'containers':[{'name':'c','image':'i','securityContext':"
          + "{'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL']}}}],";

  private final AdmissionFixture api = new AdmissionFixture();

  @AfterEach
  void close() {
    api.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'hostNetwork':true | host namespaces (hostNetwork=true)",
        "'containers':[{'name':'c','image':'i'}],'ephemeralContainers':[] | -",
        "'securityContext':{'sysctls':[{'name':'kernel.msgmax','value':'1'},{'name':'net.ipv4.tcp_rmem','value':'1'}]} | forbidden sysctls (kernel.msgmax)",
        "'securityContext':{'seLinuxOptions':{'role':'r'}} | seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: role may not be set)",
        "'securityContext':{'windowsOptions':{'hostProcess':true}},'hostNetwork':true | host namespaces (hostNetwork=true), hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
        "'securityContext':{'appArmorProfile':{'type':'Unconfined'}} | forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")",
        "'containers':[{'name':'c','image':'i','lifecycle':{'preStop':{'httpGet':{'port':80,'host':'h'}}}}] | probe or lifecycle host (container \"c\" uses probe or lifecycle host \"h\")",
        "'containers':[{'name':'a','image':'i','ports':[{'containerPort':1,'hostPort':1}]},{'name':'b','image':'i','ports':[{'containerPort':2,'hostPort':2}]}] | hostPort (containers \"a\", \"b\" use hostPorts 1, 2)",
        "'volumes':[{'name':'v','hostPath':{'path':'/'}},{'name':'w','hostPath':{'path':'/'}}] | hostPath volumes (volumes \"v\", \"w\")"
      })
  void baselineForbids(String spec, String violations) {
    api.namespace("team", ENFORCE + "'baseline'");
    if (violations.equals("-")) {
      api.pod("team/p", spec);
    } else {
      assertRefused(() -> api.pod("team/p", spec))
          .hasMessage(
              "pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": " + violations);
    }
  }

  @Test
  void restrictedLetsHardenedPodsIn() {
    api.namespace("team", ENFORCE + "'restricted'");
    api.pod("team/p", HARDENED);
    assertRefused(() ->
            api.pod(
                "team/q", HARDENED + "'volumes':[{'name':'n','nfs':{'server':'s','path':'/'}}]"))
        .hasMessageEndingWith(
            "restricted volume types (volume \"n\" uses restricted volume type \"nfs\")");
  }

  @Test
  void aVersionKeepsTheRulesOfItsRelease() {
    api.namespace(
        "team", ENFORCE + "'baseline','pod-security.kubernetes.io/enforce-version':'v1.33'");
    api.pod(
        "team/p",
        "'containers':[{'name':'c','image':'i','livenessProbe':{'tcpSocket':{'port':1,'host':'h'}}}]");
    assertRefused(() -> api.pod("team/q", "'hostPID':true"))
        .hasMessageContaining("violates PodSecurity \"baseline:v1.33\"");
  }

  @Test
  void workloadsAreWarnedOf() {
    api.namespace("team", ENFORCE + "'baseline'");
    String template =
        "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'hostNetwork':true,"
            + "'containers':[{'name':'c','image':'i'}]}}";
    api.create(
        "apps/v1 deployments team",
        "{'metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'a':'b'}}," + template + "}}");
    assertThat(api.context.warnings())
        .contains(
            "would violate PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)");
  }

  @Test
  void whoTightensANamespaceHearsOfItsPods() {
    api.namespace("team", "");
    api.pod("team/b", "'hostPID':true");
    api.pod("team/a", "'hostPID':true");
    api.pod("team/fine", "");
    api.merge("v1 namespaces /team", "{'metadata':{'labels':{" + ENFORCE + "'baseline'}}}");
    assertThat(api.context.warnings())
        .containsSequence(
            "existing pods in namespace \"team\" violate the new PodSecurity enforce level"
                + " \"baseline:latest\"",
            "a (and 1 other pod): host namespaces");
  }

  @Test
  void labelsThatSayNothingAreRefused() {
    assertRefused(() -> api.namespace("team", ENFORCE + "'strict'"))
        .hasMessage(
            "namespaces \"team\" is invalid:"
                + " metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\":"
                + " must be one of privileged, baseline, restricted");
  }

  /// CVE-2023-2727/2728, CVE-2024-3177: ephemeral containers are containers.
  @Test
  void ephemeralContainersPassNoCheckUnseen() {
    api.namespace("team", ENFORCE + "'baseline'");
    api.pod("team/p", "");
    assertRefused(() ->
            api.merge(
                "v1 pods team/p/ephemeralcontainers",
                "{'spec':{'ephemeralContainers':[{'name':'e','image':'i',"
                    + "'securityContext':{'privileged':true}}]}}"))
        .hasMessageContaining("privileged (container \"e\" must not set");
  }

  @Test
  void aDryRunIsHeldToTheSame() {
    api.namespace("team", ENFORCE + "'baseline'");
    api.options = new io.kemudi.apiserver.registry.WriteOptions(true, "", "");
    assertRefused(() -> api.create("v1 pods team", podJson("p", "'hostIPC':true")))
        .hasMessageContaining("host namespaces (hostIPC=true)");
  }
}
