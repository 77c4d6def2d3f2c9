package io.kemudi.apiserver.admission;

import static io.kemudi.apiserver.admission.AdmissionFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// LESSONS, "webhook deadlocks at boot, CNI loss, node restart" (gatekeeper#3183, kyverno#16177,
/// cozystack#3125, topolvm#57): a webhook that nothing serves any more refuses what it was made to
/// judge, but neither its own start nor its own end.
class WebhookLockOutTest {
  private static final String CONFIGURATIONS =
      "admissionregistration.k8s.io/v1 validatingwebhookconfigurations";

  private final AdmissionFixture api = new AdmissionFixture();

  @BeforeEach
  void namespaces() {
    api.namespace("hooks", "");
    api.namespace("shop", "");
    api.create(
        "v1 services hooks",
        "{'metadata':{'name':'judge'},'spec':{'selector':{'app':'judge'},'ports':[{'port':443}]}}");
  }

  @AfterEach
  void close() {
    api.close();
  }

  private void configure(String client, String rule, String more) {
    api.as(AdmissionFixture.ADMIN);
    api.create(
        CONFIGURATIONS,
        "{'metadata':{'name':'judges'},'webhooks':[{'name':'judge.example.com','sideEffects':'None',"
            + "'admissionReviewVersions':['v1'],'failurePolicy':'Fail','clientConfig':{"
            + client
            + "},'rules':[{'operations':['*'],"
            + rule
            + "}]"
            + more
            + "}]}");
  }

  private static final String SERVICE = "'service':{'namespace':'hooks','name':'judge'}";
  private static final String PODS = "'apiGroups':[''],'apiVersions':['v1'],'resources':['pods']";
  private static final String EVERYTHING =
      "'apiGroups':['*'],'apiVersions':['*'],'resources':['*/*']";

  /// The webhook's own pods are gone: they may be made again, and nobody touches the configuration.
  @Test
  void startsAgainFromNothing() {
    configure(SERVICE, EVERYTHING, "");

    assertRefused(() -> api.pod("shop/cart", "")).hasMessageContaining("judge.example.com");
    assertThat(api.pod("hooks/judge-0", "")).isNotEmpty();
    api.create(
        "coordination.k8s.io/v1 leases kube-node-lease", "{'metadata':{'name':'n1'},'spec':{}}");
    api.delete("v1 pods hooks/judge-0");
  }

  @Test
  void warnsOfTheCycleWhenItIsWritten() {
    configure(SERVICE, PODS, "");
    assertThat(api.context.warnings())
        .anySatisfy(warning ->
            assertThat(warning)
                .contains("judge.example.com", "hooks/judge", "about pods", "namespaceSelector"));

    api.delete(CONFIGURATIONS + " /judges");
    configure(
        SERVICE,
        PODS,
        ",'namespaceSelector':{'matchExpressions':[{'key':'kubernetes.io/metadata.name',"
            + "'operator':'NotIn','values':['hooks']}]}");
    assertThat(api.context.warnings()).noneMatch(warning -> warning.contains("hooks/judge"));
  }

  /// What would have to repair it is never asked about.
  @Test
  void configurationIsChangedAndDeletedWithoutAsking() {
    configure(SERVICE, EVERYTHING, "");

    api.merge(CONFIGURATIONS + " /judges", "{'metadata':{'labels':{'a':'b'}}}");
    api.delete(CONFIGURATIONS + " /judges");
    assertThat(api.pod("shop/cart", "")).isNotEmpty();
  }

  @Test
  void oneThatFailsAgainAndAgainIsLeftAloneAndNamed() throws IOException {
    configure("'url':'https://127.0.0.1:" + closedPort() + "/'", PODS, "");

    for (int i = 0; i < 5; i++) {
      assertRefused(() -> api.pod("shop/cart", ""))
          .hasMessageContaining("failed calling webhook \"judge.example.com\"")
          .message()
          .doesNotContain("left alone");
    }
    assertRefused(() -> api.pod("shop/cart", ""))
        .hasMessageContaining("it is left alone for up to 10 seconds")
        .hasMessageContaining("delete webhook \"judge.example.com\" of configuration \"judges\"");
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
