package io.kemudi.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NftablesScriptTest {
  private static final Frontend WEB = new Frontend.Address("10.96.0.5", Protocol.TCP, 80);

  private final NftablesScript script =
      new NftablesScript(NftablesConfig.of("10.244.0.0/16", "10.96.0.0/12"));

  private static DesiredRules rules(String... ips) {
    List<Backend> backends = List.of(ips).stream().map(ip -> new Backend(ip, 8080)).toList();
    return new DesiredRules(Map.of(WEB, new Rule(backends, false, false, false)), Set.of());
  }

  @Test
  void givesEveryBackendASlot() {
    String text = script.whole(rules("10.244.1.3", "10.244.1.2"));

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
    Frontend port = new Frontend.NodePort(Protocol.UDP, 30053);

    String text =
        script.whole(
            new DesiredRules(Map.of(port, new Rule(List.of(), true, false, true)), Set.of()));

    assertThat(text).contains("nodeports { udp . 30053 : drop }");
  }
}
