package io.kemudi.controllermanager.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.kubernetes.discovery.v1.EndpointPort;
import io.kemudi.kubernetes.intstr.IntOrString;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceBackendsTest {
  @Test
  void podsThatServeANamedPortDifferentlyAreApart() {
    var backends =
        of(service("http"), pod("a", "10.0.0.1", "http", 8080), pod("b", "10.0.0.2", "http", 9090));
    assertThat(backends.keySet())
        .extracting(ports -> ports.getFirst().getPort())
        .containsExactly(8080, 9090);
  }

  @Test
  void aPodWithoutTheNamedPortServesNone() {
    var backends = of(service("metrics"), pod("a", "10.0.0.1", "http", 8080));
    assertThat(backends.keySet()).containsExactly(List.of());
  }

  @Test
  void whoIsStoppingServesButIsNotReady() {
    var stopping = pod("a", "10.0.0.1", "http", 8080).toBuilder();
    stopping.getMetadataBuilder().getDeletionTimestampBuilder().setSeconds(1);
    var conditions = only(of(service("http"), stopping.build())).getConditions();
    assertThat(conditions.getReady()).isFalse();
    assertThat(conditions.getServing()).isTrue();
    assertThat(conditions.getTerminating()).isTrue();
  }

  @Test
  void unreadyPodsCountAsReadyWhereTheServicePublishesThem() {
    var unready = pod("a", "10.0.0.1", "http", 8080).toBuilder();
    unready.getStatusBuilder().clearConditions();
    Service service = service("http");
    assertThat(only(of(service, unready.build())).getConditions().getReady()).isFalse();

    var publishing = service.toBuilder();
    publishing.getSpecBuilder().setPublishNotReadyAddresses(true);
    assertThat(only(of(publishing.build(), unready.build())).getConditions().getReady()).isTrue();
  }

  @Test
  void whoHasNoAddressOfTheFamilyOrHasEndedIsLeftOut() {
    var ended = pod("b", "10.0.0.2", "http", 8080).toBuilder();
    ended.getStatusBuilder().setPhase("Succeeded");
    assertThat(of(service("http"), pod("a", "fd00::1", "http", 8080), ended.build())).isEmpty();
  }

  private static Map<List<EndpointPort>, List<Endpoint>> of(Service service, Pod... pods) {
    return ServiceBackends.of(service, List.of(pods), "IPv4", node -> "zone-1");
  }

  private static Endpoint only(Map<List<EndpointPort>, List<Endpoint>> backends) {
    assertThat(backends).hasSize(1);
    List<Endpoint> endpoints = backends.values().iterator().next();
    assertThat(endpoints).hasSize(1);
    return endpoints.getFirst();
  }

  private static Service service(String targetPort) {
    var service = Service.newBuilder();
    service
        .getSpecBuilder()
        .addPortsBuilder()
        .setPort(80)
        .setProtocol("TCP")
        .setTargetPort(IntOrString.newBuilder().setType(1).setStrVal(targetPort));
    return service.build();
  }

  private static Pod pod(String name, String address, String port, int number) {
    var pod = Pod.newBuilder();
    pod.getMetadataBuilder().setNamespace("default").setName(name);
    pod.getSpecBuilder()
        .setNodeName("n1")
        .addContainersBuilder()
        .addPortsBuilder()
        .setName(port)
        .setContainerPort(number)
        .setProtocol("TCP");
    pod.getStatusBuilder().setPhase("Running").addPodIPsBuilder().setIp(address);
    pod.getStatusBuilder().addConditionsBuilder().setType("Ready").setStatus("True");
    return pod.build();
  }
}
