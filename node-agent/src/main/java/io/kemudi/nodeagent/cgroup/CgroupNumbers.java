package io.kemudi.nodeagent.cgroup;

import io.kemudi.cri.v1.LinuxContainerResources;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.nodeagent.status.Amounts;
import io.kemudi.nodeagent.status.QosClass;

/// Requests and limits in the kernel's units.
public final class CgroupNumbers {
  public static final long PERIOD_US = 100_000;
  private static final long MIN_SHARES = 2;
  private static final long MAX_SHARES = 262_144;
  private static final long MIN_QUOTA_US = 1_000;

  private CgroupNumbers() {}

  /// 1,000 millicores are 1,024 shares.
  public static long cpuShares(long milli) {
    return Math.clamp(milli * 1024 / 1000, MIN_SHARES, MAX_SHARES);
  }

  /// Version 2's form of shares: [2, 262144] onto [1, 10000], as runtimes do it.
  public static long cpuWeight(long shares) {
    return 1 + (Math.clamp(shares, MIN_SHARES, MAX_SHARES) - MIN_SHARES) * 9999 / 262_142;
  }

  /// How much of each period may be used; 0 is no limit.
  public static long cpuQuotaUs(long milli) {
    return milli == 0 ? 0 : Math.max(milli * PERIOD_US / 1000, MIN_QUOTA_US);
  }

  /// Who dies first when memory runs out: best effort, then those that use much more than they
  /// asked for, guaranteed ones last.
  public static long oomScoreAdj(PodSpec pod, Container container, long nodeMemoryBytes) {
    return switch (QosClass.of(pod)) {
      case GUARANTEED -> -997;
      case BEST_EFFORT -> 1000;
      case BURSTABLE -> {
        Long request = Amounts.units(container.getResources().getRequestsMap(), "memory");
        long asked = request == null ? 0 : request;
        long score = 1000 - 1000 * asked / Math.max(1, nodeMemoryBytes);
        yield Math.clamp(score, 3, 999);
      }
    };
  }

  public static LinuxContainerResources of(PodSpec pod, Container container, long nodeMemoryBytes) {
    var limits = container.getResources().getLimitsMap();
    Long request = Amounts.milli(container.getResources().getRequestsMap(), "cpu");
    Long limit = Amounts.milli(limits, "cpu");
    Long memory = Amounts.units(limits, "memory");
    Long shares = request != null ? request : limit;
    return LinuxContainerResources.newBuilder()
        .setCpuShares(shares == null ? MIN_SHARES : cpuShares(shares))
        .setCpuPeriod(PERIOD_US)
        .setCpuQuota(limit == null ? 0 : cpuQuotaUs(limit))
        .setMemoryLimitInBytes(memory == null ? 0 : memory)
        .setOomScoreAdj(oomScoreAdj(pod, container, nodeMemoryBytes))
        .build();
  }
}
