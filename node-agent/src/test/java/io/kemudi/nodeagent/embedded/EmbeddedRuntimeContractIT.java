package io.kemudi.nodeagent.embedded;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kemudi.nodeagent.embedded.RuntimeServerConfig.LowLevelRuntime;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// The embedded runtime, with whatever it finds on the machine, owes the agent the same as others.
class EmbeddedRuntimeContractIT extends RuntimeContract {
  private static @Nullable RuntimeHarness harness;

  @BeforeAll
  static void start() throws Exception {
    boolean root = System.getProperty("user.name").equals("root");
    if ("true".equals(System.getenv("CI")) && !root) {
      throw new IllegalStateException("CI must have root");
    }
    assumeTrue(root, "needs root");
    harness = new RuntimeHarness(LowLevelRuntime.AUTO);
  }

  @AfterAll
  static void stop() throws Exception {
    if (harness != null) {
      harness.close();
    }
  }

  @Override
  protected Runtime runtime() {
    return java.util.Objects.requireNonNull(harness).cri();
  }

  @Override
  protected String image() {
    return RuntimeHarness.HOST_IMAGE;
  }
}
