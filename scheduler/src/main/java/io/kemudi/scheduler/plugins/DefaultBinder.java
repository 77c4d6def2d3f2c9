package io.kemudi.scheduler.plugins;

import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.Binding;
import io.kemudi.client.api.Outcome;
import io.kemudi.scheduler.framework.BindPlugin;
import java.util.List;

/// Binds at the server, many pods in one call where the transport can.
public final class DefaultBinder implements BindPlugin {
  private final ApiClient client;

  public DefaultBinder(ApiClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "DefaultBinder";
  }

  @Override
  public List<Outcome<Binding>> bind(List<Binding> bindings) {
    return client.bindPods(bindings);
  }
}
