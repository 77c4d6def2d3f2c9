package io.kemudi.nodeagent.runtime;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ContainerdRuntimeIT extends RuntimeContract {
  private static Containerd containerd;

  @BeforeAll
  static void start() throws Exception {
    containerd = Containerd.start();
  }

  @AfterAll
  static void stop() {
    if (containerd != null) {
      containerd.close();
    }
  }

  @Override
  protected Runtime runtime() {
    return containerd.runtime();
  }

  @Override
  protected String image() {
    return Containerd.IMAGE;
  }
}
