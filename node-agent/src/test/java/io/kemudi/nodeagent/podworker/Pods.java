package io.kemudi.nodeagent.podworker;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Pod;
import java.util.function.Consumer;

/// Pods for tests: what does not matter is filled in.
public final class Pods {
  private Pods() {}

  public static Pod.Builder pod(String name) {
    var pod = Pod.newBuilder();
    pod.getMetadataBuilder().setName(name).setNamespace("default").setUid("uid-" + name);
    pod.getSpecBuilder()
        .setNodeName("n1")
        .setRestartPolicy("Always")
        .setTerminationGracePeriodSeconds(30);
    return pod;
  }

  public static Container container(String name, Consumer<Container.Builder> more) {
    var container =
        Container.newBuilder()
            .setName(name)
            .setImage("registry/" + name + ":1")
            .setImagePullPolicy("IfNotPresent");
    more.accept(container);
    return container.build();
  }

  public static Container container(String name) {
    return container(name, _ -> {});
  }
}
