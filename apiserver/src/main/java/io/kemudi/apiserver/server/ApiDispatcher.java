package io.kemudi.apiserver.server;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.auth.ServiceAccountTokens;
import io.kemudi.apiserver.discovery.DiscoveryHandler;
import io.kemudi.apiserver.discovery.HealthChecks;
import io.kemudi.apiserver.discovery.ServerPages;
import io.kemudi.apiserver.discovery.VersionInfo;
import io.kemudi.apiserver.openapi.OpenApiHandler;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.rest.Acceptable;
import io.kemudi.apiserver.rest.ApiRequest;
import io.kemudi.apiserver.rest.NodeProxy;
import io.kemudi.apiserver.rest.ResourceHandler;
import io.kemudi.apiserver.rest.Transactions;
import io.kemudi.http.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Finds who answers a request that passed the [HandlerChain].
final class ApiDispatcher implements HandlerChain.Dispatcher {
  private static final List<String> JSON = List.of("application/json");
  private static final Set<String> GETS = Set.of("GET", "HEAD");
  private static final List<String> OWN_PATHS =
      List.of(
          "/.well-known/openid-configuration",
          "/api",
          "/apis",
          "/apis/",
          "/flagz",
          "/metrics",
          "/openapi/v2",
          "/openapi/v3",
          "/openapi/v3/",
          "/openid/v1/jwks",
          "/statusz",
          "/version");

  private static final String NO_PAGE = "404 page not found\n";

  private final ResourceHandler resources;
  private final Transactions transactions;
  private final NodeProxy nodes;
  private final DiscoveryHandler discovery;
  private final OpenApiHandler openApi;
  private final HealthChecks health;
  private final ServerPages pages;
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
      ServerPages pages,
      ServiceAccountTokens tokens,
      Supplier<String> metrics,
      Supplier<String> externalAddress) {
    this.resources = resources;
    this.transactions = transactions;
    this.nodes = nodes;
    this.discovery = discovery;
    this.openApi = openApi;
    this.health = health;
    this.pages = pages;
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
    if (!resources.isPath(request.info())) {
      request.text(404, NO_PAGE);
      return;
    }
    resources.handle(request);
  }

  private void other(ApiRequest request) throws IOException {
    if (discovery.handle(request) || health.handle(request) || openApi.handle(request)) {
      return;
    }
    if (pages.handle(request)) {
      return;
    }
    switch (request.info().path()) {
      case "/version", "/version/" -> {
        requireGet(request);
        Acceptable.choose(request, JSON);
        request.respondJson(200, VersionInfo.tree(), true);
      }
      case "/metrics" ->
          request.respond(
              200,
              "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
              metrics.get().getBytes(StandardCharsets.UTF_8));
      case "/openid/v1/jwks", "/openid/v1/jwks/" -> {
        String type = Acceptable.choose(request, List.of("application/jwk-set+json"));
        document(request, type, tokens.keySet());
      }
      case "/.well-known/openid-configuration", "/.well-known/openid-configuration/" -> {
        String type = Acceptable.choose(request, JSON);
        document(request, type, tokens.discovery("https://" + externalAddress.get()));
      }
      case "/" -> request.respondJson(200, paths(), true);
      default -> request.text(404, NO_PAGE);
    }
  }

  private static void requireGet(ApiRequest request) {
    if (!GETS.contains(request.exchange().method())) {
      throw new ApiException(
          StatusReason.METHOD_NOT_ALLOWED,
          "the server does not allow this method on the requested resource",
          StatusDetails.of("", "", ""));
    }
  }

  /// What is about keys may be kept by clients for an hour, as upstream says.
  private static void document(ApiRequest request, String type, Map<String, @Nullable Object> tree)
      throws IOException {
    Headers headers = request.headers(type).set("Cache-Control", "public, max-age=3600");
    request.exchange().respond(200, headers, Json.write(tree));
  }

  private Map<String, @Nullable Object> paths() {
    TreeSet<String> paths = new TreeSet<>(OWN_PATHS);
    paths.addAll(discovery.paths());
    paths.addAll(health.paths());
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("paths", new ArrayList<@Nullable Object>(paths));
    return tree;
  }
}
