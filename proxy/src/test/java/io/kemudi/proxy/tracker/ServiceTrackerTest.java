package io.kemudi.proxy.tracker;

import static io.kemudi.apimachinery.resource.ResourceTypes.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.LoadBalancerIngress;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.kubernetes.discovery.v1.EndpointPort;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import io.kemudi.proxy.dataplane.Backend;
import io.kemudi.proxy.dataplane.DesiredRules;
import io.kemudi.proxy.dataplane.Frontend;
import io.kemudi.proxy.dataplane.IpFamily;
import io.kemudi.proxy.dataplane.Protocol;
import io.kemudi.proxy.dataplane.Rule;
import io.kemudi.proxy.dataplane.RulesChange;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ServiceTrackerTest {
  private static final Frontend WEB = new Frontend.Address("10.96.0.5", Protocol.TCP, 80);
  private static final Frontend NODE_PORT =
      new Frontend.NodePort(IpFamily.IPV4, Protocol.TCP, 30080);

  private final ServiceTracker tracker = new ServiceTracker("here", false);

  private static Service.Builder service() {
    Service.Builder service = Service.newBuilder();
    service.getMetadataBuilder().setNamespace("default").setName("web");
    service
        .getSpecBuilder()
        .setClusterIP("10.96.0.5")
        .setType("NodePort")
        .addPorts(
            ServicePort.newBuilder()
                .setName("http")
                .setProtocol("TCP")
                .setPort(80)
                .setNodePort(30080));
    return service;
  }

  private static EndpointSlice.Builder slice(Endpoint.Builder... endpoints) {
    EndpointSlice.Builder slice = EndpointSlice.newBuilder().setAddressType("IPv4");
    slice
        .getMetadataBuilder()
        .setNamespace("default")
        .setName("web-x")
        .putLabels(ServiceTracker.SERVICE_NAME, "web");
    slice.addPorts(EndpointPort.newBuilder().setName("http").setProtocol("TCP").setPort(8080));
    for (Endpoint.Builder endpoint : endpoints) {
      slice.addEndpoints(endpoint);
    }
    return slice;
  }

  private static Endpoint.Builder endpoint(String ip, String node, boolean ready) {
    Endpoint.Builder endpoint = Endpoint.newBuilder().addAddresses(ip).setNodeName(node);
    endpoint.getConditionsBuilder().setReady(ready);
    return endpoint;
  }

  private DesiredRules compute(Service.Builder service, EndpointSlice.Builder... slices) {
    return compute(tracker, service, slices);
  }

  private static DesiredRules compute(
      ServiceTracker tracker, Service.Builder service, EndpointSlice.Builder... slices) {
    update(tracker, service, slices);
    return tracker.all();
  }

  private static void update(
      ServiceTracker tracker, Service.Builder service, EndpointSlice.Builder... slices) {
    Service built = service.build();
    tracker.update(
        SERVICES.key(built),
        built,
        List.of(slices).stream().map(EndpointSlice.Builder::build).toList());
  }

  private static List<Backend> backends(DesiredRules rules) {
    return Objects.requireNonNull(rules.rules().get(WEB)).backends();
  }

  @Test
  void sendsToReadyEndpointsOnThePortOfThatName() {
    EndpointSlice.Builder slice =
        slice(endpoint("10.244.1.2", "here", true), endpoint("10.244.2.2", "there", false));
    slice.addPorts(EndpointPort.newBuilder().setName("other").setProtocol("TCP").setPort(9));

    DesiredRules rules = compute(service(), slice);

    assertThat(rules.rules().keySet()).containsExactlyInAnyOrder(WEB, NODE_PORT);
    assertThat(rules.rules().get(WEB))
        .isEqualTo(new Rule(List.of(new Backend("10.244.1.2", 8080)), false, false, false));
    assertThat(rules.rules().get(NODE_PORT))
        .isEqualTo(new Rule(List.of(new Backend("10.244.1.2", 8080)), false, true, false));
    assertThat(rules.localPods()).containsExactly("10.244.1.2");
  }

  @Test
  void joinsSlicesAndCountsAnEndpointInTwoOfThemOnce() {
    DesiredRules rules =
        compute(
            service(),
            slice(endpoint("10.244.1.2", "here", true)),
            slice(endpoint("10.244.1.2", "here", true), endpoint("10.244.2.2", "there", true)));

    assertThat(backends(rules))
        .containsExactly(new Backend("10.244.1.2", 8080), new Backend("10.244.2.2", 8080));
  }

  @Test
  void fallsBackToEndpointsThatServeWhileTheyTerminate() {
    Endpoint.Builder leaving = endpoint("10.244.1.2", "here", false);
    leaving.getConditionsBuilder().setServing(true).setTerminating(true);
    Endpoint.Builder unready = endpoint("10.244.1.3", "here", false);
    unready.getConditionsBuilder().setServing(false).setTerminating(false);

    assertThat(backends(compute(service(), slice(leaving, unready))))
        .containsExactly(new Backend("10.244.1.2", 8080));
    assertThat(backends(compute(service(), slice(leaving, endpoint("10.244.1.4", "here", true)))))
        .containsExactly(new Backend("10.244.1.4", 8080));
  }

  @Test
  void keepsTrafficOnTheNodeWhereThePolicySaysSo() {
    Service.Builder service = service();
    service.getSpecBuilder().setExternalTrafficPolicy("Local").setInternalTrafficPolicy("Local");

    DesiredRules rules = compute(service, slice(endpoint("10.244.2.2", "there", true)));

    assertThat(rules.rules().get(WEB)).isEqualTo(new Rule(List.of(), false, false, true));
    assertThat(rules.rules().get(NODE_PORT)).isEqualTo(new Rule(List.of(), false, false, true));
  }

  @Test
  void leavesOutHeadlessServicesAndExternalNames() {
    Service.Builder headless = service();
    headless.getSpecBuilder().setClusterIP("None");
    Service.Builder name = service();
    name.getSpecBuilder().setType("ExternalName");

    assertThat(compute(headless, slice()).rules()).isEmpty();
    assertThat(compute(name, slice()).rules()).isEmpty();
  }

  @Test
  void servesLoadBalancerAddressesAndExternalOnesOnlyWhenAllowed() {
    Service.Builder service = service();
    service.getSpecBuilder().setType("LoadBalancer").addExternalIPs("192.0.2.9");
    service
        .getStatusBuilder()
        .getLoadBalancerBuilder()
        .addIngress(LoadBalancerIngress.newBuilder().setIp("192.0.2.1"))
        .addIngress(LoadBalancerIngress.newBuilder().setIp("192.0.2.2").setIpMode("Proxy"));
    EndpointSlice.Builder slice = slice(endpoint("10.244.1.2", "here", true));

    assertThat(compute(service, slice).rules().keySet())
        .containsExactlyInAnyOrder(
            WEB, NODE_PORT, new Frontend.Address("192.0.2.1", Protocol.TCP, 80));
    assertThat(compute(new ServiceTracker("here", true), service, slice).rules().keySet())
        .contains(new Frontend.Address("192.0.2.9", Protocol.TCP, 80));
  }

  @Test
  void tellsOnlyWhatBecameDifferent() {
    update(tracker, service(), slice(endpoint("10.244.1.2", "here", true)));
    Service.Builder other = service();
    other.getMetadataBuilder().setName("other");
    other.getSpecBuilder().setClusterIP("10.96.0.6").getPortsBuilder(0).setNodePort(30081);
    update(tracker, other, slice(endpoint("10.244.1.3", "here", true)));
    assertThat(tracker.takeChange().put()).hasSize(4);

    update(tracker, service(), slice(endpoint("10.244.1.2", "here", true)));
    assertThat(tracker.takeChange().put()).isEmpty();

    update(tracker, service(), slice(endpoint("10.244.1.4", "here", true)));
    RulesChange moved = tracker.takeChange();
    assertThat(moved.put()).containsOnlyKeys(WEB, NODE_PORT);
    assertThat(moved.podsAdded()).containsExactly("10.244.1.4");
    assertThat(moved.podsRemoved()).containsExactly("10.244.1.2");

    tracker.update(SERVICES.key(service().build()), null, List.of());
    RulesChange gone = tracker.takeChange();
    assertThat(gone.put()).isEmpty();
    assertThat(gone.removed()).containsExactlyInAnyOrder(WEB, NODE_PORT);
    assertThat(gone.podsRemoved()).containsExactly("10.244.1.4");
    assertThat(tracker.all().rules()).hasSize(2);
    assertThat(tracker.all().localPods()).containsExactly("10.244.1.3");
  }

  @Test
  void whatTwoServicesWantHasTheFirstAndThenTheOther() {
    ServiceTracker external = new ServiceTracker("here", true);
    Frontend wanted = new Frontend.Address("192.0.2.9", Protocol.TCP, 80);
    Service.Builder first = service();
    first.getMetadataBuilder().setName("a");
    first.getSpecBuilder().addExternalIPs("192.0.2.9");
    Service.Builder second = service();
    second.getSpecBuilder().setClusterIP("10.96.0.6").addExternalIPs("192.0.2.9");
    update(external, second, slice(endpoint("10.244.1.3", "here", true)));
    update(external, first, slice(endpoint("10.244.1.2", "here", true)));
    assertThat(Objects.requireNonNull(external.all().rules().get(wanted)).backends())
        .containsExactly(new Backend("10.244.1.2", 8080));
    external.takeChange();

    external.update(SERVICES.key(first.build()), null, List.of());

    assertThat(Objects.requireNonNull(external.takeChange().put().get(wanted)).backends())
        .containsExactly(new Backend("10.244.1.3", 8080));
  }

  @Test
  void servesEachFamilyWithItsOwnEndpoints() {
    Service.Builder service = service();
    service.getSpecBuilder().addClusterIPs("10.96.0.5").addClusterIPs("fd00:96::5");
    EndpointSlice.Builder six = slice(endpoint("fd00:244::2", "here", true));
    six.setAddressType("IPv6");

    DesiredRules rules = compute(service, slice(endpoint("10.244.1.2", "here", true)), six);

    assertThat(backends(rules)).containsExactly(new Backend("10.244.1.2", 8080));
    Rule ofSix = new Rule(List.of(new Backend("fd00:244:0:0:0:0:0:2", 8080)), false, false, false);
    assertThat(rules.rules())
        .containsEntry(new Frontend.Address("fd00:96:0:0:0:0:0:5", Protocol.TCP, 80), ofSix)
        .containsKey(new Frontend.NodePort(IpFamily.IPV6, Protocol.TCP, 30080));
    assertThat(rules.localPods()).containsExactlyInAnyOrder("10.244.1.2", "fd00:244:0:0:0:0:0:2");
  }

  @Test
  void anEndpointThatIsNoAddressIsLeftOut() {
    EndpointSlice.Builder slice =
        slice(endpoint("10.244.1.2 }; flush ruleset", "here", true), endpoint("x", "here", true));

    assertThat(backends(compute(service(), slice))).isEmpty();
  }
}
