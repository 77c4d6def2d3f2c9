package io.kemudi.nodeagent.podworker;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.nodeagent.podworker.ObservedPod.Seen;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One thing to do to bring a pod nearer to what it should be.
sealed interface Step {
  /// Make a sandbox; whatever the old one still has is stopped first.
  record CreateSandbox(int attempt) implements Step {}

  /// Make and start a container; `replaces` is the attempt before it.
  record Start(Container container, int attempt, @Nullable Seen replaces) implements Step {}

  /// Do not start the container before `until`: it keeps failing.
  record BackOff(Container container, Seen failed, Instant until) implements Step {}

  /// Stop a running container; `message` tells the user why.
  record Stop(Container container, Seen seen, String message, @Nullable Duration grace)
      implements Step {}

  /// Nothing will run any more: stop the sandbox.
  record Finish() implements Step {}
}
