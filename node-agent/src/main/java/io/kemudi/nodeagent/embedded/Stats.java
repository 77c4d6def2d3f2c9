package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.ContainerAttributes;
import io.kemudi.cri.v1.ContainerStats;
import io.kemudi.cri.v1.CpuUsage;
import io.kemudi.cri.v1.FilesystemIdentifier;
import io.kemudi.cri.v1.FilesystemUsage;
import io.kemudi.cri.v1.LinuxPodSandboxStats;
import io.kemudi.cri.v1.MemoryUsage;
import io.kemudi.cri.v1.PodSandboxAttributes;
import io.kemudi.cri.v1.PodSandboxStats;
import io.kemudi.cri.v1.ProcessUsage;
import io.kemudi.cri.v1.UInt64Value;
import java.time.InstantSource;
import java.util.List;

/// What containers use right now, read from their control groups.
final class Stats {
  private final Containers containers;
  private final InstantSource clock;

  Stats(Containers containers, InstantSource clock) {
    this.containers = containers;
    this.clock = clock;
  }

  ContainerStats of(Container container) {
    Cgroup.Usage usage = container.cgroup().usage();
    long now = Clock.nanos(clock);
    return ContainerStats.newBuilder()
        .setAttributes(
            ContainerAttributes.newBuilder()
                .setId(container.id())
                .setMetadata(container.status().getMetadata())
                .putAllLabels(container.status().getLabelsMap())
                .putAllAnnotations(container.status().getAnnotationsMap()))
        .setCpu(
            CpuUsage.newBuilder()
                .setTimestamp(now)
                .setUsageCoreNanoSeconds(value(usage.cpuNanos())))
        .setMemory(
            MemoryUsage.newBuilder()
                .setTimestamp(now)
                .setUsageBytes(value(usage.memoryBytes()))
                .setWorkingSetBytes(value(usage.workingSetBytes()))
                .setRssBytes(value(usage.rssBytes())))
        .setWritableLayer(
            FilesystemUsage.newBuilder()
                .setTimestamp(now)
                .setFsId(
                    FilesystemIdentifier.newBuilder().setMountpoint(container.folder().toString())))
        .build();
  }

  PodSandboxStats of(Sandbox sandbox) {
    List<Container> running = containers.of(sandbox).stream().filter(Container::isRunning).toList();
    long cpu = 0;
    long memory = 0;
    long working = 0;
    long processes = 0;
    LinuxPodSandboxStats.Builder linux = LinuxPodSandboxStats.newBuilder();
    for (Container container : running) {
      Cgroup.Usage usage = container.cgroup().usage();
      cpu += usage.cpuNanos();
      memory += usage.memoryBytes();
      working += usage.workingSetBytes();
      processes += usage.processes();
      linux.addContainers(of(container));
    }
    long now = Clock.nanos(clock);
    linux
        .setCpu(CpuUsage.newBuilder().setTimestamp(now).setUsageCoreNanoSeconds(value(cpu)))
        .setMemory(
            MemoryUsage.newBuilder()
                .setTimestamp(now)
                .setUsageBytes(value(memory))
                .setWorkingSetBytes(value(working)))
        .setProcess(ProcessUsage.newBuilder().setTimestamp(now).setProcessCount(value(processes)));
    return PodSandboxStats.newBuilder()
        .setAttributes(
            PodSandboxAttributes.newBuilder()
                .setId(sandbox.id())
                .setMetadata(sandbox.status().getMetadata())
                .putAllLabels(sandbox.status().getLabelsMap())
                .putAllAnnotations(sandbox.status().getAnnotationsMap()))
        .setLinux(linux)
        .build();
  }

  static UInt64Value value(long value) {
    return UInt64Value.newBuilder().setValue(value).build();
  }
}
