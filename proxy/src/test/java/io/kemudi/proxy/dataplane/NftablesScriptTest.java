package io.kemudi.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NftablesScriptTest {
  private static final Frontend WEB = new Frontend.Address("10.96.0.5", Protocol.TCP, 80);

  private final NftablesScript script =
      new NftablesScript(
          "kemudi-proxy",
          IpFamily.IPV4,
          new NftablesConfig.Ranges("10.244.0.0/16", "10.96.0.0/12"));

  private static DesiredRules rules(String... ips) {
    List<Backend> backends = List.of(ips).stream().map(ip -> new Backend(ip, 8080)).toList();
    return new DesiredRules(Map.of(WEB, new Rule(backends, false, false, false)), Set.of());
  }

  @Test
  void givesEveryBackendASlot() {
    String text = script.whole(rules("10.244.1.3", "10.244.1.2"), 16);

    assertThat(text)
        .startsWith("add table ip kemudi-proxy\ndelete table ip kemudi-proxy\n")
        .contains("services { 10.96.0.5 . tcp . 80 : goto pick-2 }")
        .contains(
            "backends { 10.96.0.5 . tcp . 80 . 0 : 10.244.1.2 . 8080,\n"
                + " 10.96.0.5 . tcp . 80 . 1 : 10.244.1.3 . 8080 }")
        .contains(
            "add rule ip kemudi-proxy pick-2 dnat ip to ip daddr . meta l4proto . th dport"
                + " . numgen random mod 2 map @backends");
  }

  @Test
  void saysNothingWhenNothingChanged() {
    assertThat(script.difference(rules("10.244.1.2"), rules("10.244.1.2"))).isEmpty();
  }

  @Test
  void touchesOnlyWhatChanged() {
    assertThat(
            script.difference(rules("10.244.1.2", "10.244.1.3"), rules("10.244.1.2", "10.244.1.9")))
        .isEqualTo(
            """
            delete element ip kemudi-proxy backends { 10.96.0.5 . tcp . 80 . 1 }
            add element ip kemudi-proxy backends { 10.96.0.5 . tcp . 80 . 1 : 10.244.1.9 . 8080 }
            """);
    assertThat(script.difference(rules("10.244.1.2"), rules()))
        .isEqualTo(
            """
            delete element ip kemudi-proxy services { 10.96.0.5 . tcp . 80 }
            delete element ip kemudi-proxy backends { 10.96.0.5 . tcp . 80 . 0 }
            """);
  }

  @Test
  void dropsRatherThanRefusesWhereAnotherNodeMayAnswer() {
    Frontend port = new Frontend.NodePort(IpFamily.IPV4, Protocol.UDP, 30053);

    String text =
        script.whole(
            new DesiredRules(Map.of(port, new Rule(List.of(), true, false, true)), Set.of()), 16);

    assertThat(text).contains("nodeports { udp . 30053 : drop }");
  }

  @Test
  void keepsTheFamiliesApart() {
    NftablesScript six =
        new NftablesScript(
            "kemudi-proxy",
            IpFamily.IPV6,
            new NftablesConfig.Ranges("fd00:244::/56", "fd00:96::/112"));
    Frontend web6 = new Frontend.Address("fd00:96::5", Protocol.TCP, 80);
    Rule rule = new Rule(List.of(new Backend("fd00:244::2", 8080)), true, false, false);
    DesiredRules both =
        new DesiredRules(
            Map.of(WEB, Objects.requireNonNull(rules("10.244.1.2").rules().get(WEB)), web6, rule),
            Set.of("10.244.1.2", "fd00:244::2"));

    assertThat(six.whole(both, 1))
        .startsWith("add table ip6 kemudi-proxy\n")
        .contains("dnat ip6 to ip6 daddr . meta l4proto . th dport . jhash ip6 saddr mod 1")
        .contains("ip6 kemudi-proxy services { fd00:96::5 . tcp . 80 : goto pick-1-sticky }")
        .contains("hairpin { fd00:244::2 . fd00:244::2 }")
        .doesNotContain("10.");
    assertThat(script.whole(both, 1)).doesNotContain("fd00").contains("services { 10.96.0.5");
    assertThat(six.difference(rules("10.244.1.2"), rules())).isEmpty();
  }

  @Test
  void rangesHaveToBeOnePerFamilyForPodsAndServicesAlike() {
    assertThat(NftablesConfig.of("10.0.0.0/8,fd00::/56", "fd01::/112,10.96.0.0/12").ranges())
        .containsEntry(IpFamily.IPV6, new NftablesConfig.Ranges("fd00::/56", "fd01::/112"));
    assertThatThrownBy(() -> NftablesConfig.of("10.0.0.0/8,fd00::/56", "10.96.0.0/12"))
        .hasMessageContaining("same families");
    assertThatThrownBy(() -> NftablesConfig.of("10.0.0.0/8,11.0.0.0/8", "10.96.0.0/12"))
        .hasMessageContaining("two ranges of one family");
    assertThatThrownBy(() -> NftablesConfig.of("pods", "10.96.0.0/12"))
        .hasMessageContaining("\"pods\" is not a range");
  }
}
