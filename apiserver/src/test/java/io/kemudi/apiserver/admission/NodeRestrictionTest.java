package io.kemudi.apiserver.admission;

import static io.kemudi.apiserver.admission.AdmissionFixture.NODE;
import static io.kemudi.apiserver.admission.AdmissionFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apiserver.registry.Meta;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeRestrictionTest {
  private static final String PODS = "v1 pods team";

  private final AdmissionFixture api = new AdmissionFixture();
  private String uid = "";

  @BeforeEach
  void node() {
    api.namespace("team", "");
    uid = Meta.text(api.create("v1 nodes", "{'metadata':{'name':'n1'}}"), "uid");
    api.create("v1 nodes", "{'metadata':{'name':'n2'}}");
    api.pod("team/mine", "'nodeName':'n1'");
    api.pod("team/other", "'nodeName':'n2'");
    api.as(NODE);
  }

  @AfterEach
  void close() {
    api.close();
  }

  private String mirror(String owner, String spec) {
    return "{'metadata':{'name':'m','annotations':{'kubernetes.io/config.mirror':'x'},"
        + "'ownerReferences':["
        + owner
        + "]},'spec':{'nodeName':'n1','containers':[{'name':'c','image':'i'}]"
        + spec
        + "}}";
  }

  private String owner(String more) {
    return "{'apiVersion':'v1','kind':'Node','name':'n1','uid':'" + uid + "'" + more + "}";
  }

  @Test
  void aNodeCreatesMirrorPodsOfItsOwn() {
    api.create(PODS, mirror(owner(",'controller':true"), ""));
    assertRefused(() -> api.pod("team/p", "'nodeName':'n1'"))
        .hasMessage(
            "pods \"p\" is forbidden: pod does not have \"kubernetes.io/config.mirror\""
                + " annotation, node \"n1\" can only create mirror pods");
  }

  @Test
  void anOwnerMustBeTheNodeItself() {
    assertRefused(() -> api.create(PODS, mirror("", "")))
        .hasMessageEndingWith(
            "node \"n1\" can only create pods with an owner reference set to itself");
    assertRefused(() -> api.create(PODS, mirror(owner(""), "")))
        .hasMessageEndingWith("with a controller owner reference set to itself");
    assertRefused(() ->
            api.create(PODS, mirror(owner(",'controller':true,'blockOwnerDeletion':true"), "")))
        .hasMessageEndingWith("must not set blockOwnerDeletion on an owner reference");
    uid = "00000000-0000-0000-0000-000000000000";
    assertRefused(() -> api.create(PODS, mirror(owner(",'controller':true"), "")))
        .hasMessageContaining("node n1 UID mismatch: expected " + uid);
  }

  /// CVE-2025-4563: a mirror pod refers to no API object, resource claims included. Every kind of
  /// reference, in every container list.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        ",'resourceClaims':[{'name':'r','resourceClaimName':'x'}] | resourceclaims",
        ",'resourceClaims':[{'name':'r','resourceClaimTemplateName':'x'}] | resourceclaimtemplates",
        ",'volumes':[{'name':'v','secret':{'secretName':'s'}}] | secrets",
        ",'volumes':[{'name':'v','projected':{'sources':[{'configMap':{'name':'s'}}]}}] | configmaps",
        ",'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'s'}}] | persistentvolumeclaims",
        ",'initContainers':[{'name':'i','image':'i','envFrom':[{'secretRef':{'name':'s'}}]}] | secrets",
        ",'imagePullSecrets':[{'name':'s'}] | secrets"
      })
  void mirrorPodsReferToNothing(String spec, String resource) {
    assertRefused(() -> api.create(PODS, mirror(owner(",'controller':true"), spec)))
        .hasMessage(
            "pods \"m\" is forbidden: node \"n1\" can not create pods that reference " + resource);
  }

  @Test
  void aNodeTouchesItsOwnPodsOnly() {
    api.merge("v1 pods team/mine/status", "{'status':{'phase':'Running'}}");
    assertRefused(() -> api.merge("v1 pods team/other/status", "{'status':{'phase':'Running'}}"))
        .hasMessageContaining("for pods with spec.nodeName set to itself");
    assertRefused(() -> api.merge("v1 pods team/mine/status", "{'metadata':{'labels':{'a':'b'}}}"))
        .hasMessageContaining("cannot update labels through pod status");
    assertRefused(() -> api.merge("v1 pods team/mine", "{'metadata':{'labels':{'a':'b'}}}"))
        .hasMessageContaining("can only create and delete mirror pods");
    assertRefused(() -> api.delete("v1 pods team/other"))
        .hasMessageContaining("can only delete pods with spec.nodeName set to itself");
    assertRefused(() -> api.create("v1 pods team/other/eviction", "{'metadata':{'name':'other'}}"))
        .hasMessageContaining("node n1 can only evict pods with spec.nodeName set to itself");
    api.delete("v1 pods team/mine");
  }

  @Test
  void aNodeChangesNeitherItsTaintsNorLabelsThatSteerPods() {
    assertRefused(() -> api.merge("v1 nodes /n1", "{'spec':{'taints':[]}}"))
        .hasMessageContaining("node \"n1\" is not allowed to modify taints");
    assertRefused(() ->
            api.merge(
                "v1 nodes /n1",
                "{'metadata':{'labels':{'node-restriction.kubernetes.io/x':'y','a.k8s.io/b':'c'}}}"))
        .hasMessageEndingWith(
            "is not allowed to modify labels: a.k8s.io/b, node-restriction.kubernetes.io/x");
    api.merge(
        "v1 nodes /n1",
        "{'metadata':{'labels':{'example.com/x':'y','kubernetes.io/hostname':'n1',"
            + "'node.kubernetes.io/x':'y'}}}");
    assertRefused(() -> api.merge("v1 nodes /n2", "{'metadata':{'labels':{'a':'b'}}}"))
        .hasMessageContaining("node \"n1\" is not allowed to modify node \"n2\"");
  }

  /// CVE-2025-5187: a node that owned itself by another object would be collected and come back
  /// clean. On creation, too.
  @Test
  void aNodeGivesItselfNoOwner() {
    String owned =
        "'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap','name':'x','uid':'u'}]";
    assertRefused(() -> api.merge("v1 nodes /n1", "{'metadata':{" + owned + "}}"))
        .hasMessageContaining("not allowed to modify ownerReferences");
    api.as(AdmissionFixture.ADMIN);
    api.delete("v1 nodes /n1");
    api.as(NODE);
    assertRefused(() -> api.create("v1 nodes", "{'metadata':{'name':'n1'," + owned + "}}"))
        .hasMessageContaining("not allowed to modify ownerReferences");
    assertRefused(() ->
            api.create("v1 nodes", "{'metadata':{'name':'n1','labels':{'kubernetes.io/foo':'x'}}}"))
        .hasMessageContaining("is not allowed to set the following labels: kubernetes.io/foo");
  }

  /// CVE-2021-25735: what is checked is the new object, not the one it replaces.
  @Test
  void updatesAreCheckedByWhatTheyBring() {
    api.as(AdmissionFixture.ADMIN);
    api.merge("v1 nodes /n1", "{'metadata':{'labels':{'kubernetes.io/foo':'x'}}}");
    api.as(NODE);
    assertRefused(
            () -> api.merge("v1 nodes /n1", "{'metadata':{'labels':{'kubernetes.io/foo':'y'}}}"))
        .hasMessageContaining("is not allowed to modify labels: kubernetes.io/foo");
    api.merge("v1 nodes /n1", "{'metadata':{'labels':{'example.com/a':'b'}}}");
  }

  @Test
  void leasesAndCsiNodesAreTheNodesOwn() {
    assertRefused(() ->
            api.create(
                "coordination.k8s.io/v1 leases kube-node-lease", "{'metadata':{'name':'n2'}}"))
        .hasMessageContaining("same name as the requesting node");
    assertRefused(
            () -> api.create("coordination.k8s.io/v1 leases team", "{'metadata':{'name':'n1'}}"))
        .hasMessageContaining("system namespace");
    assertRefused(() ->
            api.create(
                "storage.k8s.io/v1 csinodes", "{'metadata':{'name':'n2'},'spec':{'drivers':[]}}"))
        .hasMessageContaining("can only access CSINode");
    assertThat(
            api.create(
                "coordination.k8s.io/v1 leases kube-node-lease", "{'metadata':{'name':'n1'}}"))
        .isNotEmpty();
  }
}
