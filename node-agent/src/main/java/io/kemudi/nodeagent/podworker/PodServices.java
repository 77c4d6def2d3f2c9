package io.kemudi.nodeagent.podworker;

import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.nodeagent.cgroup.PodCgroups;
import io.kemudi.nodeagent.probe.Prober;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.volume.PodReferences;
import io.kemudi.nodeagent.volume.PodVolumes;
import io.kemudi.nodeagent.volume.ServiceAccountTokens;
import io.kemudi.nodeagent.volume.VolumeDirectories;
import io.kemudi.time.Timers;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/// What all workers of a node share.
///
/// @param executor runs what may block for a while (probes, stopping containers); threads of its
///   own
/// @param pullSlots how many image pulls may run at once
/// @param runtimeHandler the runtime's name for a RuntimeClass
/// @param runtimeName what stands before `://` in container ids
public record PodServices(
    NodeFacts node,
    Runtime runtime,
    String runtimeName,
    Timers timers,
    Executor executor,
    VolumeDirectories directories,
    PodVolumes volumes,
    ServiceAccountTokens tokens,
    PodReferences references,
    PodCgroups cgroups,
    Prober prober,
    PodEvents events,
    StatusSink statuses,
    Semaphore pullSlots,
    PullSecrets pullSecrets,
    Supplier<Map<String, Quantity>> allocatable,
    Function<Pod, String> runtimeHandler) {}
