package io.kemudi.apiserver.server;

import io.kemudi.apiserver.auth.ServiceAccountTokens;
import io.kemudi.apiserver.discovery.DiscoveryHandler;
import io.kemudi.apiserver.discovery.HealthChecks;
import io.kemudi.apiserver.discovery.VersionInfo;
import io.kemudi.apiserver.openapi.OpenApiHandler;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.rest.ApiRequest;
import io.kemudi.apiserver.rest.NodeProxy;
import io.kemudi.apiserver.rest.ResourceHandler;
import io.kemudi.apiserver.rest.Transactions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Finds who answers a request that passed the [HandlerChain].
final class ApiDispatcher implements HandlerChain.Dispatcher {
  private final ResourceHandler resources;
  private final Transactions transactions;
  private final NodeProxy nodes;
  private final DiscoveryHandler discovery;
  private final OpenApiHandler openApi;
  private final HealthChecks health;
  private final ServiceAccountTokens tokens;
  private final Supplier<String> metrics;
  private final Supplier<String> externalAddress;

  ApiDispatcher(
      ResourceHandler resources,
      Transactions transactions,
      NodeProxy nodes,
      DiscoveryHandler discovery,
      OpenApiHandler openApi,
      HealthChecks health,
      ServiceAccountTokens tokens,
      Supplier<String> metrics,
      Supplier<String> externalAddress) {
    this.resources = resources;
    this.transactions = transactions;
    this.nodes = nodes;
    this.discovery = discovery;
    this.openApi = openApi;
    this.health = health;
    this.tokens = tokens;
    this.metrics = metrics;
    this.externalAddress = externalAddress;
  }

  @Override
  public void dispatch(ApiRequest request) throws IOException {
    if (!request.info().isResource()) {
      other(request);
      return;
    }
    if (Transactions.isAsked(request.info())) {
      transactions.handle(request);
      return;
    }
    if (discovery.handle(request)) {
      return; // /api/v1/ and the like parse as nothing more than a version
    }
    if (!request.info().subresource().isEmpty()) {
      Target target = resources.target(request.info());
      if (nodes.handle(request, target)) {
        return;
      }
    }
    resources.handle(request);
  }

  private void other(ApiRequest request) throws IOException {
    if (discovery.handle(request) || health.handle(request) || openApi.handle(request)) {
      return;
    }
    switch (request.info().path()) {
      case "/version", "/version/" -> request.respondJson(200, VersionInfo.tree(), true);
      case "/metrics" ->
          request.respond(
              200,
              "text/plain; version=0.0.4; charset=utf-8",
              metrics.get().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      case "/openid/v1/jwks", "/openid/v1/jwks/" ->
          request.respond(
              200,
              "application/jwk-set+json",
              io.kemudi.apimachinery.codec.Json.write(tokens.keySet()));
      case "/.well-known/openid-configuration", "/.well-known/openid-configuration/" ->
          request.respondJson(200, tokens.discovery("https://" + externalAddress.get()), false);
      case "/" -> request.respondJson(200, paths(), true);
      default -> request.text(404, "404 page not found\n");
    }
  }

  private Map<String, @Nullable Object> paths() {
    TreeSet<String> paths =
        new TreeSet<>(
            List.of(
                "/.well-known/openid-configuration",
                "/api",
                "/apis",
                "/healthz",
                "/livez",
                "/metrics",
                "/openapi/v2",
                "/openapi/v3",
                "/openapi/v3/",
                "/openid/v1/jwks",
                "/readyz",
                "/version"));
    paths.addAll(discovery.paths());
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("paths", new ArrayList<@Nullable Object>(paths));
    return tree;
  }
}
