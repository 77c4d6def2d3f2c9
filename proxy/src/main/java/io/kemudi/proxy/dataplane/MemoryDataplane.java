package io.kemudi.proxy.dataplane;

/// Remembers what it was told. For tests and simulations.
public final class MemoryDataplane implements Dataplane {
  private volatile DesiredRules applied = DesiredRules.NONE;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void apply(DesiredRules desired) {
    applied = desired;
  }

  public DesiredRules applied() {
    return applied;
  }

  @Override
  public void close() {}
}
