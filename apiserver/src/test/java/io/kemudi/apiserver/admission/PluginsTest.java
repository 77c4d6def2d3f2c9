package io.kemudi.apiserver.admission;

import static io.kemudi.apiserver.admission.AdmissionFixture.assertRefused;
import static io.kemudi.apiserver.admission.AdmissionFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Patch;
import io.kemudi.apiserver.registry.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What each small plugin adds and refuses, asked of a whole registry.
class PluginsTest {
  private final AdmissionFixture api = new AdmissionFixture();

  @BeforeEach
  void namespace() {
    api.namespace("team", "");
  }

  @AfterEach
  void close() {
    api.close();
  }

  // ---- LimitRanger ----

  @Test
  void containersGetWhatTheLimitRangeSaysAndOneAnnotationTellsIt() {
    limitRange(
        "'type':'Container','default':{'cpu':'2','memory':'1Gi'},'defaultRequest':{'cpu':'1'}");
    var pod =
        api.pod(
            "team/p",
            "'containers':[{'name':'c','image':'i','resources':{'limits':{'memory':'2Gi'}}}],"
                + "'initContainers':[{'name':'i','image':'i'}]");
    assertThat(json(pod, "metadata", "annotations"))
        .contains(
            "LimitRanger plugin set: cpu request for container c; cpu limit for container c; cpu,"
                + " memory request for init container i; cpu, memory limit for init container i");
    assertThat(json(pod, "spec", "initContainers"))
        .contains("\"limits\":{\"cpu\":\"2\",\"memory\":\"1Gi\"}");
    assertThat(json(pod, "spec", "containers")).contains("\"memory\":\"2Gi\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "Pod | 'min':{'cpu':'1'} | {} | minimum cpu usage per Pod is 1.  No request is specified",
        "Container | 'min':{'cpu':'1'} | {'requests':{'cpu':'500m'}} | minimum cpu usage per Container is 1, but request is 500m",
        "Container | 'max':{'cpu':'1'} | {'limits':{'cpu':'2'},'requests':{'cpu':'1'}} | maximum cpu usage per Container is 1, but limit is 2",
        "Pod | 'max':{'cpu':'4'} | {} | maximum cpu usage per Pod is 4.  No limit is specified",
        "Pod | 'min':{'memory':'1Gi'} | {'requests':{'memory':'1Mi'}} | minimum memory usage per Pod is 1Gi, but request is 1Mi",
        "Pod | 'maxLimitRequestRatio':{'cpu':'2'} | {'requests':{'cpu':'1'},'limits':{'cpu':'3'}} | cpu max limit to request ratio per Pod is 2, but provided ratio is 3.000000",
        "Pod | 'maxLimitRequestRatio':{'cpu':'2'} | {} | cpu max limit to request ratio per Pod is 2, but no request is specified or request is 0",
      })
  void whatIsOutsideTheLimitRangeIsRefused(
      String type, String rule, String resources, String refusal) {
    limitRange("'type':'" + type + "'," + rule);
    assertRefused(() -> api.pod("team/p", container("'resources':" + resources)))
        .hasMessage("pods \"p\" is forbidden: " + refusal);
  }

  @ParameterizedTest
  @CsvSource({
    "500Mi, 'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi'",
    "9Gi, 'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 9Gi'"
  })
  void claimsAreHeldToTheLimitRange(String size, String refusal) {
    limitRange("'type':'PersistentVolumeClaim','min':{'storage':'1Gi'},'max':{'storage':'2Gi'}");
    assertRefused(() -> claim("c", size, ""))
        .hasMessage("persistentvolumeclaims \"c\" is forbidden: " + refusal);
    claim("fits", "2Gi", "");
  }

  @Test
  void aPodThatIsThereIsNotHeldToALaterLimitRange() {
    api.pod("team/p", "");
    limitRange("'type':'Container','min':{'cpu':'1'}");
    api.merge("v1 pods team/p", "{'metadata':{'labels':{'a':'b'}}}");
  }

  // ---- storage ----

  @Test
  void claimsAndVolumesAreProtectedAndGetTheNewestDefaultClass() {
    assertThat(json(claim("none", "1Gi", ""), "spec", "storageClassName")).isEqualTo("null");
    storageClass("a", true, "");
    storageClass("other", false, "");
    var claim = claim("c", "1Gi", "");
    assertThat(json(claim, "spec", "storageClassName")).isEqualTo("\"a\"");
    assertThat(json(claim, "metadata", "finalizers"))
        .isEqualTo("[\"kubernetes.io/pvc-protection\"]");
    assertThat(json(claim("own", "1Gi", ",'storageClassName':''"), "spec", "storageClassName"))
        .isEqualTo("\"\"");
    var volume =
        api.create(
            "v1 persistentvolumes",
            "{'metadata':{'name':'v'},'spec':{'capacity':{'storage':'1Gi'},"
                + "'accessModes':['ReadWriteOnce'],'hostPath':{'path':'/x'}}}");
    assertThat(json(volume, "metadata", "finalizers"))
        .isEqualTo("[\"kubernetes.io/pv-protection\"]");
  }

  @Test
  void aClaimGrowsOnlyWhenItIsBoundAndItsClassSaysSo() {
    storageClass("fixed", false, "");
    storageClass("growing", false, ",'allowVolumeExpansion':true");
    claim("c", "1Gi", ",'storageClassName':'fixed'");
    claim("g", "1Gi", ",'storageClassName':'growing','volumeName':'v'");
    String more = "{'spec':{'resources':{'requests':{'storage':'2Gi'}}}}";
    api.merge("v1 persistentvolumeclaims team/c/status", "{'status':{'phase':'Bound'}}");
    assertRefused(() -> api.merge("v1 persistentvolumeclaims team/c", more))
        .hasMessageContaining("the storageclass that provisions the pvc must support resize");
    api.merge("v1 persistentvolumeclaims team/g/status", "{'status':{'phase':'Bound'}}");
    api.merge("v1 persistentvolumeclaims team/g", more);
  }

  // ---- classes, nodes, priorities ----

  @Test
  void aPodTakesOverFromItsRuntimeClass() {
    api.create(
        "node.k8s.io/v1 runtimeclasses",
        "{'metadata':{'name':'r'},'handler':'h','overhead':{'podFixed':{'cpu':'100m'}},"
            + "'scheduling':{'nodeSelector':{'k':'v'},'tolerations':[{'key':'t','operator':'Exists'}]}}");
    var pod = api.pod("team/p", "'runtimeClassName':'r'");
    assertThat(json(pod, "spec", "overhead")).isEqualTo("{\"cpu\":\"100m\"}");
    assertThat(json(pod, "spec", "nodeSelector")).isEqualTo("{\"k\":\"v\"}");
    assertThat(json(pod, "spec", "tolerations")).contains("\"key\":\"t\"");
    assertRefused(() -> api.pod("team/x", "'runtimeClassName':'nope'"))
        .hasMessage("pods \"x\" is forbidden: pod rejected: RuntimeClass \"nope\" not found");
    assertRefused(() -> api.pod("team/x", "'runtimeClassName':'r','overhead':{'cpu':'1'}"))
        .hasMessageContaining("Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    assertRefused(() -> api.pod("team/x", "'overhead':{'cpu':'1'}"))
        .hasMessageContaining("Pod Overhead set without corresponding RuntimeClass");
    assertRefused(() -> api.pod("team/x", "'runtimeClassName':'r','nodeSelector':{'k':'w'}"))
        .hasMessageContaining(
            "conflict: runtimeClass.scheduling.nodeSelector[k] = v; pod.spec.nodeSelector[k] = w");
  }

  @Test
  void anIngressGetsTheDefaultClass() {
    api.create(
        "networking.k8s.io/v1 ingressclasses",
        "{'metadata':{'name':'web','annotations':"
            + "{'ingressclass.kubernetes.io/is-default-class':'true'}},"
            + "'spec':{'controller':'example.com/c'}}");
    String backend = "'defaultBackend':{'service':{'name':'s','port':{'number':80}}}";
    var ingress =
        api.create(
            "networking.k8s.io/v1 ingresses team",
            "{'metadata':{'name':'i'},'spec':{" + backend + "}}");
    assertThat(json(ingress, "spec", "ingressClassName")).isEqualTo("\"web\"");
  }

  @Test
  void aNewNodeTakesNoPodsYet() {
    var node =
        api.create(
            "v1 nodes",
            "{'metadata':{'name':'n'},'spec':{'taints':[{'key':'k','effect':'NoSchedule'}]}}");
    assertThat(json(node, "spec", "taints"))
        .isEqualTo(
            "[{\"key\":\"k\",\"effect\":\"NoSchedule\"},"
                + "{\"key\":\"node.kubernetes.io/not-ready\",\"effect\":\"NoSchedule\"}]");
  }

  @Test
  void aBoundPodLearnsTheZoneOfItsNode() {
    node("n1", "'topology.kubernetes.io/zone':'z','topology.kubernetes.io/region':'r','x':'y'");
    api.pod("team/p", "");
    api.create("v1 pods team/p/binding", "{'metadata':{'name':'p'},'target':{'name':'n1'}}");
    assertThat(json(api.get("v1 pods team/p"), "metadata", "labels"))
        .isEqualTo(
            "{\"topology.kubernetes.io/region\":\"r\",\"topology.kubernetes.io/zone\":\"z\"}");
  }

  @Test
  void aResizeThatTheNodeCanNeverCarryOutFails() {
    node("n1", "'kubernetes.io/os':'linux'");
    api.merge("v1 nodes /n1/status", "{'status':{'allocatable':{'cpu':'2','memory':'1Gi'}}}");
    api.pod(
        "team/p",
        "'nodeName':'n1'," + container("'resources':{'requests':{'cpu':'1','memory':'1Mi'}}"));
    String more = "{'spec':{'containers':[{'name':'c','resources':{'requests':{'cpu':'%s'}}}]}}";
    assertRefused(() -> strategic("v1 pods team/p/resize", more.formatted("3")))
        .hasMessage(
            "pods \"p\" is forbidden: Node didn't have enough allocatable resources: cpu,"
                + " requested: 3000, allocatable: 2000");
    strategic("v1 pods team/p/resize", more.formatted("1500m"));
  }

  @Test
  void thereIsOneDefaultPriority() {
    String body = "{'metadata':{'name':'%s'},'value':5,'globalDefault':true}";
    api.create("scheduling.k8s.io/v1 priorityclasses", body.formatted("a"));
    assertRefused(() -> api.create("scheduling.k8s.io/v1 priorityclasses", body.formatted("b")))
        .hasMessage(
            "priorityclasses.scheduling.k8s.io \"b\" is forbidden: PriorityClass a is already"
                + " marked as default. Only one default can exist");
    api.merge("scheduling.k8s.io/v1 priorityclasses /a", "{'description':'still the one'}");
  }

  // ---- certificates ----

  @Test
  void approvingAndSigningTakeARightOnTheSigner() {
    signingRequest("c", "example.com/s", "O=team, CN=carol");
    Authorizer none =
        (user, asked) ->
            asked.resource().equals("signers")
                ? Authorizer.Decision.NO_OPINION
                : Authorizer.Decision.ALLOWED;
    Authorizer domain =
        (user, asked) ->
            asked.resource().equals("signers") && !asked.name().equals("example.com/*")
                ? Authorizer.Decision.NO_OPINION
                : Authorizer.Decision.ALLOWED;
    String approved =
        "{'status':{'conditions':[{'type':'Approved','status':'True','reason':'R'}]}}";
    String failed = "{'status':{'conditions':[{'type':'Failed','status':'True','reason':'R'}]}}";
    String csr = "certificates.k8s.io/v1 certificatesigningrequests /c/";
    api.as(User.of("alice"), none);
    assertRefused(() -> api.merge(csr + "approval", approved))
        .hasMessage(
            "certificatesigningrequests.certificates.k8s.io \"c\" is forbidden: user not permitted"
                + " to approve requests with signerName \"example.com/s\"");
    assertRefused(() -> api.merge(csr + "status", failed))
        .hasMessageContaining("user not permitted to sign requests with signerName");
    api.as(User.of("alice"), domain);
    api.merge(csr + "approval", approved);
  }

  @Test
  void nobodyAsksForACertificateOfTheMasters() {
    assertRefused(() ->
            signingRequest(
                "c", "kubernetes.io/kube-apiserver-client", "O=system:masters, CN=carol"))
        .hasMessageEndingWith(
            "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not"
                + " allowed");
    signingRequest("other", "example.com/s", "O=system:masters, CN=carol");
  }

  private void signingRequest(String name, String signer, String subject) {
    String pem =
        "-----BEGIN CERTIFICATE REQUEST-----\n"
            + Base64.getEncoder().encodeToString(signed(subject))
            + "\n-----END CERTIFICATE REQUEST-----\n";
    String encoded = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    api.create(
        "certificates.k8s.io/v1 certificatesigningrequests",
        "{'metadata':{'name':'"
            + name
            + "'},'spec':{'request':'"
            + encoded
            + "','signerName':'"
            + signer
            + "','usages':['client auth']}}");
  }

  private static byte[] signed(String subject) {
    try {
      KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new JcaPKCS10CertificationRequestBuilder(new X500Principal(subject), key.getPublic())
          .build(new JcaContentSignerBuilder("Ed25519").build(key.getPrivate()))
          .getEncoded();
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- helpers ----

  private void limitRange(String limit) {
    api.create(
        "v1 limitranges team", "{'metadata':{'name':'l'},'spec':{'limits':[{" + limit + "}]}}");
  }

  private static String container(String fields) {
    return "'containers':[{'name':'c','image':'i'," + fields + "}]";
  }

  private Map<String, ?> claim(String name, String size, String more) {
    return api.create(
        "v1 persistentvolumeclaims team",
        "{'metadata':{'name':'"
            + name
            + "'},'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'"
            + size
            + "'}}"
            + more
            + "}}");
  }

  private void storageClass(String name, boolean byDefault, String more) {
    api.create(
        "storage.k8s.io/v1 storageclasses",
        "{'metadata':{'name':'"
            + name
            + "','annotations':{'storageclass.kubernetes.io/is-default-class':'"
            + byDefault
            + "'}},'provisioner':'example.com/p'"
            + more
            + "}");
  }

  private void node(String name, String labels) {
    api.create("v1 nodes", "{'metadata':{'name':'" + name + "','labels':{" + labels + "}}}");
  }

  private void strategic(String target, String json) {
    api.registry.patch(
        api.context,
        api.target(target),
        new Patch(
            Patch.Type.STRATEGIC, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), false),
        api.options);
  }
}
