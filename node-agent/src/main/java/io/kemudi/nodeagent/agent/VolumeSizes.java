package io.kemudi.nodeagent.agent;

import io.kemudi.client.informer.Lister;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.posix.Command;
import io.kemudi.nodeagent.status.PodPhase;
import io.kemudi.nodeagent.volume.PodVolumes;
import io.kemudi.nodeagent.volume.PodVolumes.LimitedVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at how much the volumes on disk hold whose size is limited, and gives up pods that have
/// filled theirs. A volume in memory needs no looking at: the kernel refuses what is too much.
final class VolumeSizes {
  private static final Logger log = LoggerFactory.getLogger(VolumeSizes.class);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int OUTPUT_BYTES = 4096;

  private final Lister<Pod> pods;
  private final PodVolumes volumes;
  private final PodWorkers workers;

  VolumeSizes(Lister<Pod> pods, PodVolumes volumes, PodWorkers workers) {
    this.pods = pods;
    this.volumes = volumes;
    this.workers = workers;
  }

  /// Looks once.
  void step() {
    for (Pod pod : pods.list()) {
      if (!PodPhase.isTerminal(pod.getStatus().getPhase())
          && !pod.getMetadata().hasDeletionTimestamp()) {
        check(pod);
      }
    }
  }

  private void check(Pod pod) {
    for (Map.Entry<String, LimitedVolume> entry : volumes.limited(pod).entrySet()) {
      LimitedVolume volume = entry.getValue();
      if (volume.limit() > 0 && bytes(volume.dir()) > volume.limit()) {
        workers.evict(
            pod.getMetadata().getUid(),
            "Usage of EmptyDir volume \"%s\" exceeds the limit \"%s\". "
                .formatted(entry.getKey(), volume.text()));
        return;
      }
    }
  }

  /// What the directory takes on the disk; 0 when that cannot be told.
  private static long bytes(Path dir) {
    if (!Files.isDirectory(dir)) {
      return 0;
    }
    try {
      var du = List.of("du", "--summarize", "--one-file-system", "--block-size=1", dir.toString());
      // Files that go away while it looks make it fail, and it tells the sum all the same.
      String said = Command.run(LIMIT, "", OUTPUT_BYTES, du).out();
      return said.isBlank() ? 0 : Long.parseLong(said.substring(0, said.indexOf('\t')));
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      log.warn("cannot tell the size of {}: {}", dir, e.getMessage());
      return 0;
    }
  }
}
