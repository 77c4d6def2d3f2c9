package io.kemudi.launcher;

import io.kemudi.apiserver.registry.User;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.events.Events;
import io.kemudi.controllermanager.ControllerManager;
import io.kemudi.time.Timers;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Clients inside this process for the controllers' service accounts. Used by one thread, while the
/// cluster starts.
final class ServiceAccountClients implements ControllerManager.Clients {
  private static final String NAMESPACE = "kube-system";

  private final ApiFronts api;
  private final Timers timers;
  private final Consumer<AutoCloseable> keep;
  private final Map<String, ApiClient> clients = new HashMap<>();
  private final Map<String, Events> recorders = new HashMap<>();

  /// Everything made here is given to `keep`, which closes it.
  ServiceAccountClients(ApiFronts api, Timers timers, Consumer<AutoCloseable> keep) {
    this.api = api;
    this.timers = timers;
    this.keep = keep;
  }

  @Override
  public ApiClient client(String name) {
    return clients.computeIfAbsent(
        name,
        n ->
            api.client(
                User.of(
                    "system:serviceaccount:" + NAMESPACE + ":" + n,
                    "system:serviceaccounts",
                    "system:serviceaccounts:" + NAMESPACE,
                    "system:authenticated")));
  }

  @Override
  public Events events(String name) {
    return recorders.computeIfAbsent(
        name,
        n -> {
          var recorder = new EventRecorder(client(n), n, "", timers);
          keep.accept(recorder);
          recorder.start();
          return recorder;
        });
  }
}
