package io.kemudi.apiserver.bootstrap;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.WriteOptions;
import java.nio.charset.StandardCharsets;

/// Says where the Service `default/kubernetes` leads: to this server. With several servers on one
/// store the last one to start wins, until their addresses are kept under `masterleases/`.
final class OwnEndpoints {
  private final Registry registry;
  private final RequestContext context;

  OwnEndpoints(Registry registry, RequestContext context) {
    this.registry = registry;
    this.context = context;
  }

  void publish(String address, int port) {
    write(
        "",
        "endpoints",
        """
        {"metadata":{"name":"kubernetes","namespace":"default",
          "labels":{"endpointslice.kubernetes.io/skip-mirror":"true"}},
         "subsets":[{"addresses":[{"ip":"%s"}],
          "ports":[{"name":"https","port":%d,"protocol":"TCP"}]}]}\
        """
            .formatted(address, port));
    write(
        "discovery.k8s.io",
        "endpointslices",
        """
        {"metadata":{"name":"kubernetes","namespace":"default",
          "labels":{"kubernetes.io/service-name":"kubernetes"}},
         "addressType":"IPv4",
         "endpoints":[{"addresses":["%s"],"conditions":{"ready":true}}],
         "ports":[{"name":"https","port":%d,"protocol":"TCP"}]}\
        """
            .formatted(address, port));
  }

  private void write(String group, String resource, String json) {
    Target target =
        Target.object(registry.resources().need(group, "v1", resource), "default", "kubernetes");
    Body body = Body.json(json.getBytes(StandardCharsets.UTF_8));
    try {
      registry.update(context, target, body, WriteOptions.NONE);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
      Target collection = Target.collection(target.row(), "default");
      registry.create(context, collection, body, WriteOptions.NONE);
    }
  }
}
