package io.kemudi.apimachinery.pods;

import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.EphemeralContainer;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.ArrayList;
import java.util.List;

/// The one visitor over all container lists. Who checks containers goes through here, so that no
/// list is forgotten (CVE-2023-2727, CVE-2024-3177).
public final class PodContainers {
  private PodContainers() {}

  /// Init containers, containers, ephemeral containers, in this order. An ephemeral container is
  /// shown as a container: their fields have the same numbers, by upstream's promise.
  public static List<Container> all(PodSpec spec) {
    List<Container> all = new ArrayList<>(spec.getInitContainersList());
    all.addAll(spec.getContainersList());
    for (EphemeralContainer ephemeral : spec.getEphemeralContainersList()) {
      all.add(container(ephemeral));
    }
    return all;
  }

  public static Container container(EphemeralContainer ephemeral) {
    try {
      return Container.parseFrom(ephemeral.getEphemeralContainerCommon().toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an ephemeral container is no container", e);
    }
  }
}
