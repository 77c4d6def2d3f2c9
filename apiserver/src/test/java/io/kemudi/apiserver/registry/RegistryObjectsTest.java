package io.kemudi.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Kinds with a life of their own: pods, namespaces, Services, scales.
class RegistryObjectsTest {
  private static final String POD_SPEC =
      "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]";

  private ApiFixture api;

  @BeforeEach
  void start() {
    api = new ApiFixture();
    api.namespace("life");
    api.create(api.core("serviceaccounts", "life", ""), "{\"metadata\":{\"name\":\"default\"}}");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private StoredObject pod(String name, String moreSpec) {
    return api.create(
            api.core("pods", "life", ""),
            "{\"metadata\":{\"name\":\"" + name + "\"}," + POD_SPEC + moreSpec + "}}")
        .object();
  }

  private StoredObject delete(Target target, DeleteOptions options) {
    return api.registry.delete(api.context, target, options).object();
  }

  @Test
  void podsGetTheirAccountTokenTolerationsAndPriority() {
    StoredObject pod = pod("p", "");

    assertThat(ApiFixture.at(pod, "spec", "serviceAccountName")).isEqualTo("default");
    assertThat(ApiFixture.json(pod))
        .contains("kube-api-access-", "\"expirationSeconds\":3607", "\"kube-root-ca.crt\"")
        .contains("\"mountPath\":\"/var/run/secrets/kubernetes.io/serviceaccount\"")
        .contains("node.kubernetes.io/not-ready", "\"tolerationSeconds\":300")
        .contains("\"priority\":0", "\"preemptionPolicy\":\"PreemptLowerPriority\"");
  }

  @Test
  void podsOfUnknownAccountsAndClassesAreRefused() {
    assertThatThrownBy(() -> pod("a", ",\"serviceAccountName\":\"nope\""))
        .hasMessage(
            "pods \"a\" is forbidden: error looking up service account life/nope: serviceaccount"
                + " \"nope\" not found");
    assertThatThrownBy(() -> pod("a", ",\"priorityClassName\":\"nope\""))
        .hasMessage("pods \"a\" is forbidden: no PriorityClass with name nope was found");
  }

  @Test
  void boundPodsAreGivenGraceAndUnboundOnesAreNot() {
    pod("u", "");
    pod("b", ",\"nodeName\":\"n1\"");
    Target bound = api.core("pods", "life", "b");

    StoredObject gone = delete(api.core("pods", "life", "u"), DeleteOptions.NONE);
    assertThat(ApiFixture.at(gone, "metadata", "deletionGracePeriodSeconds")).isEqualTo(0L);
    assertThatThrownBy(() -> api.registry.get(api.context, api.core("pods", "life", "u"), ""))
        .hasMessage("pods \"u\" not found");

    assertThat(grace(delete(bound, DeleteOptions.NONE))).isEqualTo(30L);
    assertThat(grace(delete(bound, DeleteOptions.grace(10)))).isEqualTo(10L);
    assertThat(grace(delete(bound, DeleteOptions.grace(60)))).isEqualTo(10L);
    assertThat(grace(delete(bound, DeleteOptions.grace(0)))).isEqualTo(0L);
    assertThatThrownBy(() -> api.registry.get(api.context, bound, ""))
        .hasMessage("pods \"b\" not found");
  }

  private static @org.jspecify.annotations.Nullable Object grace(StoredObject pod) {
    return ApiFixture.at(pod, "metadata", "deletionGracePeriodSeconds");
  }

  @Test
  void aPodIsBoundOnce() {
    pod("p", "");
    Target binding = api.core("pods", "life", "p").sub("binding");
    String body = "{\"metadata\":{\"name\":\"p\"},\"target\":{\"kind\":\"Node\",\"name\":\"n1\"}}";

    Reply first =
        api.registry.create(api.context, binding, ApiFixture.body(body), WriteOptions.NONE);

    assertThat(first.code()).isEqualTo(201);
    assertThat(ApiFixture.at(first.object(), "status")).isEqualTo("Success");
    assertThatThrownBy(() ->
            api.registry.create(api.context, binding, ApiFixture.body(body), WriteOptions.NONE))
        .hasMessage(
            "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to"
                + " node \"n1\"");
  }

  @Test
  void namespacesTerminateUntilTheyAreFinalized() {
    Target namespace = api.core("namespaces", "", "life");

    StoredObject marked = delete(namespace, DeleteOptions.NONE);
    assertThat(ApiFixture.at(marked, "status", "phase")).isEqualTo("Terminating");
    assertThatThrownBy(() -> api.configMap("life", "d", "1"))
        .hasMessage(
            "configmaps \"d\" is forbidden: unable to create new content in namespace life"
                + " because it is being terminated");

    api.update(
        namespace.sub("finalize"),
        "{\"metadata\":{\"name\":\"life\"},\"spec\":{\"finalizers\":[]}}");
    assertThatThrownBy(() -> api.registry.get(api.context, namespace, ""))
        .hasMessage("namespaces \"life\" not found");
  }

  @Test
  void theSystemsNamespacesStayAndOthersMustExist() {
    assertThatThrownBy(() -> delete(api.core("namespaces", "", "kube-system"), DeleteOptions.NONE))
        .hasMessage("namespaces \"kube-system\" is forbidden: this namespace may not be deleted");
    assertThatThrownBy(() -> api.configMap("nope", "x", "1"))
        .hasMessage("namespaces \"nope\" not found");
  }

  @Test
  void servicesGetAddressesAndPortsAndGiveThemBack() {
    Target services = api.core("services", "life", "");
    StoredObject service =
        api.create(
                services,
                "{\"metadata\":{\"name\":\"s\"},\"spec\":{\"type\":\"NodePort\",\"ports\":[{\"port\":80}]}}")
            .object();
    String address = String.valueOf(ApiFixture.at(service, "spec", "clusterIP"));
    assertThat(address).startsWith("10.");
    assertThat(ApiFixture.at(service, "spec", "clusterIPs")).isEqualTo(List.of(address));
    assertThat(ApiFixture.json(service)).containsPattern("\"nodePort\":3[0-2]\\d{3}");

    assertThatThrownBy(() ->
            api.create(
                services,
                "{\"metadata\":{\"name\":\"t\"},\"spec\":{\"clusterIP\":\""
                    + address
                    + "\",\"ports\":[{\"port\":80}]}}"))
        .hasMessage(
            "Service \"t\" is invalid: spec.clusterIPs: Invalid value: [\""
                + address
                + "\"]: failed to allocate IP "
                + address
                + ": provided IP is already allocated");

    Target object = api.in("networking.k8s.io", "v1", "ipaddresses", "", address);
    assertThat(api.registry.get(api.context, object, "").name()).isEqualTo(address);
    StoredObject changed =
        api.merge(services.named("s"), "{\"spec\":{\"type\":\"ClusterIP\"}}").object();
    assertThat(ApiFixture.at(changed, "spec", "clusterIP")).isEqualTo(address);
    assertThat(ApiFixture.json(changed)).doesNotContain("nodePort");

    assertThat(delete(services.named("s"), DeleteOptions.NONE).form().kind()).isEqualTo("Service");
    assertThatThrownBy(() -> api.registry.get(api.context, object, ""))
        .hasMessageContaining("not found");
  }

  @Test
  void scalesReadAndChangeReplicas() {
    Target deployment = api.in("apps", "v1", "deployments", "life", "d");
    api.create(
        deployment.named(""),
        "{\"metadata\":{\"name\":\"d\"},\"spec\":{\"replicas\":2,\"selector\":{\"matchLabels\":{\"app\":\"d\"}},"
            + "\"template\":{\"metadata\":{\"labels\":{\"app\":\"d\"}},"
            + POD_SPEC
            + "}}}}");

    StoredObject scale = api.registry.get(api.context, deployment.sub("scale"), "");
    assertThat(scale.form().kind()).isEqualTo("Scale");
    assertThat(ApiFixture.at(scale, "spec", "replicas")).isEqualTo(2L);
    assertThat(ApiFixture.at(scale, "status", "selector")).isEqualTo("app=d");

    StoredObject scaled =
        api.merge(deployment.sub("scale"), "{\"spec\":{\"replicas\":5}}").object();
    assertThat(ApiFixture.at(scaled, "spec", "replicas")).isEqualTo(5L);
    StoredObject now = api.registry.get(api.context, deployment, "");
    assertThat(ApiFixture.at(now, "metadata", "generation")).isEqualTo(2L);
    assertThatThrownBy(() -> api.merge(deployment.sub("scale"), "{\"spec\":{\"replicas\":-1}}"))
        .hasMessage(
            "Scale.autoscaling \"d\" is invalid: spec.replicas: Invalid value: -1: must be greater"
                + " than or equal to 0");
  }

  @Test
  void eventsAreOneThingUnderTwoNames() {
    api.create(
        api.core("events", "life", ""),
        "{\"metadata\":{\"name\":\"e\"},\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"x\",\"namespace\":\"life\"},"
            + "\"reason\":\"R\",\"message\":\"m\",\"type\":\"Normal\",\"source\":{\"component\":\"t\"}}");

    StoredObject other =
        api.registry.get(api.context, api.in("events.k8s.io", "v1", "events", "life", "e"), "");

    assertThat(ApiFixture.at(other, "regarding", "name")).isEqualTo("x");
    assertThat(ApiFixture.at(other, "note")).isEqualTo("m");
  }

  @Test
  void kindsThatNothingActsOnAreAnsweredWithAWarning() {
    api.create(
        api.in("networking.k8s.io", "v1", "networkpolicies", "life", ""),
        "{\"metadata\":{\"name\":\"n\"},\"spec\":{\"podSelector\":{}}}");

    assertThat(api.context.warnings())
        .anyMatch(warning -> warning.startsWith("nothing acts on networkpolicies"));
  }
}
