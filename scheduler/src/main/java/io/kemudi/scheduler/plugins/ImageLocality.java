package io.kemudi.scheduler.plugins;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerImage;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ScorePlugin;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.ArrayList;
import java.util.List;

/// Prefers nodes that have the pod's images already, by their size. Unlike upstream it does not
/// weigh an image by how many nodes have it, so the answer stays one of the node alone.
public final class ImageLocality implements ScorePlugin {
  // As upstream: less is noise, more makes no difference; the latter per container.
  private static final long LEAST_BYTES = 23L * 1024 * 1024;
  private static final long MOST_BYTES = 1000L * 1024 * 1024;

  @Override
  public String name() {
    return "ImageLocality";
  }

  @Override
  public PreScore preScore(PodInfo pod, Snapshot nodes) {
    List<String> images = images(pod.pod().getSpec());
    long most = MOST_BYTES * Math.max(1, images.size());
    return images.isEmpty()
        ? PreScore.SKIP
        : new PreScore.OfNode(
            row -> score(present(images, nodes.node(row).getStatus().getImagesList()), most),
            Normalize.NONE);
  }

  private static List<String> images(PodSpec spec) {
    List<String> images = new ArrayList<>();
    for (Container container : spec.getInitContainersList()) {
      add(images, container.getImage());
    }
    for (Container container : spec.getContainersList()) {
      add(images, container.getImage());
    }
    return images;
  }

  private static void add(List<String> images, String image) {
    if (!image.isEmpty()) {
      boolean tagged = image.lastIndexOf(':') > image.lastIndexOf('/');
      images.add(tagged || image.contains("@") ? image : image + ":latest");
    }
  }

  private static long present(List<String> wanted, List<ContainerImage> images) {
    long bytes = 0;
    for (ContainerImage image : images) {
      for (String name : wanted) {
        bytes += image.getNamesList().contains(name) ? image.getSizeBytes() : 0;
      }
    }
    return bytes;
  }

  private static long score(long bytes, long most) {
    long counted = Math.clamp(bytes, LEAST_BYTES, most);
    return MAX_SCORE * (counted - LEAST_BYTES) / (most - LEAST_BYTES);
  }
}
