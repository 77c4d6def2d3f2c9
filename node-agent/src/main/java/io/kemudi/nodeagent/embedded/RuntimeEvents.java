package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.ContainerEventResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Tells everyone who follows that a container changed. Followers must not block.
final class RuntimeEvents {
  private final List<Consumer<ContainerEventResponse>> followers = new CopyOnWriteArrayList<>();

  void follow(Consumer<ContainerEventResponse> follower) {
    followers.add(follower);
  }

  void unfollow(Consumer<ContainerEventResponse> follower) {
    followers.remove(follower);
  }

  void publish(ContainerEventResponse event) {
    followers.forEach(f -> f.accept(event));
  }
}
