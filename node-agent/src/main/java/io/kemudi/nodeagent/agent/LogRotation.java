package io.kemudi.nodeagent.agent;

import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps logs from filling the disk: a file that has grown large is put aside and the runtime told
/// to begin a new one; of those put aside a few are kept. Upstream's bounds.
final class LogRotation {
  private static final Logger log = LoggerFactory.getLogger(LogRotation.class);
  private static final long MAX_BYTES = 10L << 20;
  private static final int MAX_FILES = 5; // the current one among them

  private final Runtime runtime;
  private final String node;
  private long sequence;

  LogRotation(Runtime runtime, String node) {
    this.runtime = runtime;
    this.node = node;
  }

  void step() {
    for (Container container : runtime.listContainers(Labels.ofNode(node))) {
      if (container.getState() == ContainerState.CONTAINER_RUNNING) {
        try {
          rotate(container.getId());
        } catch (IOException | RuntimeFailure e) {
          log.warn("cannot rotate the log of container {}: {}", container.getId(), e.toString());
        }
      }
    }
  }

  private void rotate(String id) throws IOException {
    String path = runtime.containerStatus(id).getLogPath();
    Path file = Path.of(path);
    if (path.isEmpty() || !Files.isRegularFile(file) || Files.size(file) < MAX_BYTES) {
      return;
    }
    Path aside =
        file.resolveSibling(
            "%s.%s-%04d"
                .formatted(
                    file.getFileName(),
                    Files.getLastModifiedTime(file).toMillis(),
                    ++sequence % 10_000));
    Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
    try {
      runtime.reopenContainerLog(id);
    } catch (RuntimeFailure e) {
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE); // the runtime still writes to it
      throw e;
    }
    removeOldest(file);
  }

  private static void removeOldest(Path file) throws IOException {
    var aside = new ArrayList<Path>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(file.resolveSibling("."), file.getFileName() + ".*")) {
      entries.forEach(aside::add);
    }
    aside.sort(Comparator.comparing(p -> p.getFileName().toString()));
    List<Path> old = aside.subList(0, Math.max(0, aside.size() - (MAX_FILES - 1)));
    for (Path each : old) {
      Files.deleteIfExists(each);
    }
  }
}
