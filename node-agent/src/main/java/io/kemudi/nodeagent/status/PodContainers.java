package io.kemudi.nodeagent.status;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.EphemeralContainer;
import io.kemudi.kubernetes.core.v1.EphemeralContainerCommon;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The three lists of containers of a pod, seen as one: what must look at every container looks
/// here, so that none of the lists is forgotten.
public final class PodContainers {
  private PodContainers() {}

  /// Whether an init container goes on running beside those that follow it.
  public static boolean isSidecar(Container container) {
    return container.getRestartPolicy().equals("Always");
  }

  public static List<Container> all(PodSpec spec) {
    var all = new ArrayList<Container>(spec.getInitContainersList());
    all.addAll(spec.getContainersList());
    spec.getEphemeralContainersList().forEach(e -> all.add(asContainer(e)));
    return all;
  }

  /// The containers that run for as long as the pod does: sidecars and the main ones.
  public static List<Container> lasting(PodSpec spec) {
    var lasting = new ArrayList<Container>();
    spec.getInitContainersList().stream().filter(PodContainers::isSidecar).forEach(lasting::add);
    lasting.addAll(spec.getContainersList());
    return lasting;
  }

  public static @Nullable Container find(PodSpec spec, String name) {
    for (Container container : all(spec)) {
      if (container.getName().equals(name)) {
        return container;
      }
    }
    return null;
  }

  public static boolean isInit(PodSpec spec, String name) {
    return spec.getInitContainersList().stream().anyMatch(c -> c.getName().equals(name));
  }

  /// An ephemeral container has a container's fields under a message of its own.
  public static Container asContainer(EphemeralContainer ephemeral) {
    EphemeralContainerCommon from = ephemeral.getEphemeralContainerCommon();
    Container.Builder to =
        Container.newBuilder()
            .setName(from.getName())
            .setImage(from.getImage())
            .addAllCommand(from.getCommandList())
            .addAllArgs(from.getArgsList())
            .setWorkingDir(from.getWorkingDir())
            .addAllEnvFrom(from.getEnvFromList())
            .addAllEnv(from.getEnvList())
            .setResources(from.getResources())
            .addAllVolumeMounts(from.getVolumeMountsList())
            .setTerminationMessagePath(from.getTerminationMessagePath())
            .setTerminationMessagePolicy(from.getTerminationMessagePolicy())
            .setImagePullPolicy(from.getImagePullPolicy())
            .setStdin(from.getStdin())
            .setStdinOnce(from.getStdinOnce())
            .setTty(from.getTty());
    if (from.hasSecurityContext()) {
      to.setSecurityContext(from.getSecurityContext());
    }
    return to.build();
  }
}
