package io.kemudi.nodeagent.runtime;

import java.time.InstantSource;

class HollowRuntimeTest extends RuntimeContract {
  private final HollowRuntime runtime = new HollowRuntime(InstantSource.system());

  @Override
  protected Runtime runtime() {
    return runtime;
  }

  @Override
  protected String image() {
    return "registry/any:1";
  }
}
