package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.launcher.AddressRanges.Range;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressRangesTest {
  private static final String LISTING =
      """
      default via 172.30.0.254 dev up0
      10.96.0.0/12 dev kemudi0 scope link metric 4096
      10.244.0.0/24 dev kemudi0 proto kernel scope link src 10.244.0.1
      10.244.0.0/16 dev kemudi0 scope link metric 4096
      10.245.3.0/24 via 172.30.0.7 dev up0
      172.30.0.0/24 dev up0 proto kernel scope link src 172.30.0.1
      """;

  private static final ClusterNames DEFAULT = new ClusterNames("");
  private static final ClusterNames OTHER =
      ClusterNames.of(new DataDirectory(Path.of("/srv/other")));

  @Test
  void rangesThatShareAnAddressOverlap() {
    assertThat(Range.parse("10.96.0.0/12").overlaps(Range.parse("10.111.255.255"))).isTrue();
    assertThat(Range.parse("10.96.0.0/12").overlaps(Range.parse("10.112.0.0/12"))).isFalse();
    assertThat(Range.parse("0.0.0.0/0").overlaps(Range.parse("10.0.0.0/8"))).isTrue();
    assertThatThrownBy(() -> Range.parse("10.0.0/8")).hasMessage("not an IPv4 range: 10.0.0/8");
  }

  @Test
  void aClusterKeepsItsOwnRangesAndLeavesThoseOfOthersAlone() {
    List<AddressRanges.Route> routes = AddressRanges.parse(LISTING);

    assertThatCode(
            () -> AddressRanges.requireFree("10.244.0.0/16", "10.96.0.0/12", DEFAULT, routes))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> AddressRanges.requireFree("10.246.0.0/16", "10.100.0.0/16", OTHER, routes))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("--service-cluster-ip-range 10.100.0.0/16 is in use")
        .as("what any route of the machine touches is not proposed")
        .hasMessageContaining("--cluster-cidr 10.246.0.0/16")
        .hasMessageEndingWith("--service-cluster-ip-range 10.112.0.0/12");
  }

  @Test
  void namesFollowFromTheDataDirectory() {
    assertThat(DEFAULT.bridge(0)).isEqualTo("kemudi0");
    assertThat(DEFAULT.proxyTable()).isEqualTo("kemudi-proxy");
    assertThat(OTHER.bridge(99)).matches("kemudi[0-9a-f]{6}-99").hasSizeLessThanOrEqualTo(15);
    assertThat(OTHER.isBridge(OTHER.bridge(2))).isTrue();
    assertThat(DEFAULT.isBridge(OTHER.bridge(2))).isFalse();
    assertThat(OTHER.isBridge("kemudi0")).isFalse();
    assertThat(OTHER.node("host", RuntimeChoice.EMBEDDED)).isEqualTo("host");
    assertThat(OTHER.node("host", RuntimeChoice.CRI)).matches("host-[0-9a-f]{6}");
  }
}
