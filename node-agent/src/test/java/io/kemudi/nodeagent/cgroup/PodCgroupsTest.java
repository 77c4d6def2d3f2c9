package io.kemudi.nodeagent.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.nodeagent.status.Amounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written where, into directories that stand for the kernel's.
class PodCgroupsTest {
  private static final PodLimits LIMITS = new PodLimits(512, 50_000, 64 << 20);
  private static final PodLimits NONE = new PodLimits(2, 0, 0);

  @TempDir Path root;

  @Test
  void versionOneHasAGroupInEachHierarchy() throws IOException {
    Files.createDirectories(root.resolve("cpu"));
    Files.createDirectories(root.resolve("memory"));
    PodCgroups cgroups = PodCgroups.at(root, false);

    cgroups.apply("u1", LIMITS);
    assertThat(root.resolve("cpu/kubepods/podu1/cpu.shares")).hasContent("512");
    assertThat(root.resolve("cpu/kubepods/podu1/cpu.cfs_period_us")).hasContent("100000");
    assertThat(root.resolve("cpu/kubepods/podu1/cpu.cfs_quota_us")).hasContent("50000");
    assertThat(root.resolve("memory/kubepods/podu1/memory.limit_in_bytes")).hasContent("67108864");

    cgroups.apply("u1", NONE);
    assertThat(root.resolve("cpu/kubepods/podu1/cpu.cfs_quota_us")).hasContent("-1");
    assertThat(root.resolve("memory/kubepods/podu1/memory.limit_in_bytes")).hasContent("-1");
  }

  @Test
  void versionTwoHandsControllersDown() throws IOException {
    Files.writeString(root.resolve("cgroup.controllers"), "cpu memory pids");
    PodCgroups cgroups = PodCgroups.at(root, false);

    cgroups.apply("u1", LIMITS);
    Path group = root.resolve("kubepods/podu1");
    assertThat(group.resolve("cpu.weight")).hasContent("20");
    assertThat(group.resolve("cpu.max")).hasContent("50000 100000");
    assertThat(group.resolve("memory.max")).hasContent("67108864");
    assertThat(root.resolve("cgroup.subtree_control")).exists();
    assertThat(root.resolve("kubepods/cgroup.subtree_control")).exists();

    cgroups.apply("u1", NONE);
    assertThat(group.resolve("cpu.weight")).hasContent("1");
    assertThat(group.resolve("cpu.max")).hasContent("max 100000");
    assertThat(group.resolve("memory.max")).hasContent("max");
  }

  @Test
  void limitsOfAPodAreThoseOfWhatRunsTogether() {
    var spec = PodSpec.newBuilder();
    spec.addInitContainers(container("500m", "100Mi"));
    spec.addInitContainers(container("100m", "10Mi").setRestartPolicy("Always"));
    spec.addInitContainers(container("100m", "400Mi"));
    spec.addContainers(container("200m", "50Mi"));
    spec.addContainers(container("300m", "60Mi"));

    assertThat(PodLimits.of(spec.build()))
        .as("cpu of sidecar and containers, memory of the last init container and the sidecar")
        .isEqualTo(new PodLimits(614, 60_000, 410L << 20));

    spec.addContainers(Container.newBuilder().setName("unlimited"));
    assertThat(PodLimits.of(spec.build())).isEqualTo(new PodLimits(614, 0, 0));
    assertThat(PodLimits.of(PodSpec.getDefaultInstance()).cpuShares()).isEqualTo(2);

    spec.getResourcesBuilder().putLimits("memory", Amounts.quantity("1Gi"));
    assertThat(PodLimits.of(spec.build()).memoryBytes()).isEqualTo(1L << 30);
  }

  private static Container.Builder container(String cpu, String memory) {
    var container = Container.newBuilder().setName("c");
    container
        .getResourcesBuilder()
        .putLimits("cpu", Amounts.quantity(cpu))
        .putLimits("memory", Amounts.quantity(memory));
    return container;
  }
}
