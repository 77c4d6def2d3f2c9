package io.kemudi.proxy.dataplane;

import java.util.concurrent.atomic.AtomicInteger;

/// Remembers what it was told. For tests and simulations.
public final class MemoryDataplane implements Dataplane {
  private final RuleState state = new RuleState();
  private volatile DesiredRules applied = DesiredRules.NONE;
  private volatile boolean intact = true;
  private final AtomicInteger wholes = new AtomicInteger();

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void apply(DesiredRules desired) {
    state.replace(desired);
    applied = desired;
    intact = true;
    wholes.incrementAndGet();
  }

  @Override
  public void change(RulesChange change) {
    state.commit(change);
    applied = state.all();
  }

  @Override
  public boolean intact() {
    return intact;
  }

  /// As if somebody had taken everything away.
  public void lose() {
    applied = DesiredRules.NONE;
    intact = false;
  }

  public DesiredRules applied() {
    return applied;
  }

  /// How often everything was applied anew.
  public int wholes() {
    return wholes.get();
  }

  @Override
  public void close() {}
}
