package io.kemudi.apiserver.server;

import io.kemudi.apiserver.ApiCore;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.auth.AccessReviews;
import io.kemudi.apiserver.auth.Authenticator;
import io.kemudi.apiserver.auth.Authorizers;
import io.kemudi.apiserver.auth.BootstrapTokens;
import io.kemudi.apiserver.auth.ClientCertificateAuthenticator;
import io.kemudi.apiserver.auth.NodeAuthorizer;
import io.kemudi.apiserver.auth.RbacAuthorizer;
import io.kemudi.apiserver.auth.RequestHeaderAuthenticator;
import io.kemudi.apiserver.auth.ServiceAccountTokens;
import io.kemudi.apiserver.auth.StaticTokens;
import io.kemudi.apiserver.auth.TokenRequests;
import io.kemudi.apiserver.bootstrap.AuthenticationFacts;
import io.kemudi.apiserver.discovery.DiscoveryHandler;
import io.kemudi.apiserver.discovery.HealthChecks;
import io.kemudi.apiserver.discovery.ServerPages;
import io.kemudi.apiserver.openapi.OpenApiHandler;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.rest.ComponentStatuses;
import io.kemudi.apiserver.rest.NodeProxy;
import io.kemudi.apiserver.rest.ResourceHandler;
import io.kemudi.apiserver.rest.Reviews;
import io.kemudi.apiserver.rest.Transactions;
import io.kemudi.http.ClientCertificates;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.HttpServer;
import io.kemudi.http.HttpServerConfig;
import io.kemudi.http.TlsMaterial;
import io.kemudi.lifecycle.Component;
import io.kemudi.store.Store;
import io.kemudi.time.Timers;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/// The API server: the core on a store, and the HTTPS front on the core. The store is the caller's
/// to close, after this.
public final class ApiServer implements Component {
  /// Roles are read from the server's own cache, which is filled by then; this only guards against
  /// waiting for ever.
  private static final Duration ROLES_LIMIT = Duration.ofSeconds(30);

  private final ApiServerConfig config;
  private final Timers timers;
  private final ApiCore core;
  private final RbacAuthorizer rbac;
  private final Authorizer authorizer;
  private final HttpServer server;
  private volatile SSLContext kubeletTls;
  private volatile boolean stopping;

  public ApiServer(
      ApiServerConfig config, Store store, Timers timers, PrometheusMeterRegistry metrics)
      throws IOException {
    this.config = config;
    this.timers = timers;
    core = new ApiCore(store, config.core(), timers);
    Registry registry = core.registry();
    rbac = new RbacAuthorizer(registry);
    authorizer =
        Authorizers.union(List.of(Authorizers.masters(), new NodeAuthorizer(rbac, registry), rbac));
    kubeletTls = HttpConnection.clientTls(config.kubeletAuthorities(), config.kubeletClient());
    ServiceAccountTokens tokens = tokens(registry, timers);
    Authenticator authenticator =
        Authenticator.firstOf(
            authenticators(
                new ClientCertificateAuthenticator(config.clientAuthorities(), timers),
                new StaticTokens(config.staticTokens()),
                tokens,
                new BootstrapTokens(registry, timers)));
    AccessReviews reviews = new AccessReviews(authorizer, rbac, authenticator, tokens, timers);
    registry.handle(
        "",
        "serviceaccounts",
        "token",
        Reviews.tokens(new TokenRequests(tokens, registry, timers), timers));
    ResourceHandler resources =
        new ResourceHandler(
            registry,
            timers,
            Reviews.handlers(reviews, timers),
            new ComponentStatuses(registry, core::ready, timers),
            core::revisionAt);
    HandlerChain chain =
        new HandlerChain(
            authenticator,
            config.authentication().anonymous(),
            authorizer,
            new ApiDispatcher(
                resources,
                new Transactions(registry, resources),
                new NodeProxy(registry, () -> kubeletTls),
                new DiscoveryHandler(registry, this::externalAddress),
                new OpenApiHandler(registry),
                health(),
                new ServerPages(flags(), timers),
                tokens,
                metrics::scrape,
                this::externalAddress),
            config.auditor(),
            new RequestMetrics(metrics));
    server =
        new HttpServer(
            HttpServerConfig.tls(
                "apiserver",
                config.bind(),
                config.serving(),
                ClientCertificates.REQUESTED,
                certified()),
            chain);
  }

  /// A front proxy is asked first: its own certificate would say who it is itself.
  private List<Authenticator> authenticators(Authenticator... own) {
    List<Authenticator> all = new ArrayList<>();
    RequestHeaderAuthenticator.Settings proxies = config.authentication().requestHeader();
    if (proxies != null) {
      all.add(new RequestHeaderAuthenticator(proxies, timers));
    }
    all.addAll(List.of(own));
    return all;
  }

  /// Whose certificates clients are asked for.
  private List<X509Certificate> certified() {
    List<X509Certificate> all = new ArrayList<>(config.clientAuthorities());
    RequestHeaderAuthenticator.Settings proxies = config.authentication().requestHeader();
    if (proxies != null) {
      all.addAll(proxies.authorities());
    }
    return all;
  }

  private ServiceAccountTokens tokens(Registry registry, Timers timers) {
    return new ServiceAccountTokens(
        config.accounts().issuer(),
        config.accounts().audiences(),
        config.accounts().signingKey(),
        config.accounts().publicKeys(),
        registry,
        timers);
  }

  /// What it was started with, by the names of upstream's flags.
  private Map<String, String> flags() {
    ApiCoreConfig below = config.core();
    return Map.of(
        "advertise-address",
        below.advertiseAddress(),
        "bind-address",
        config.bind().getHostString(),
        "secure-port",
        Integer.toString(config.bind().getPort()),
        "service-cluster-ip-range",
        below.serviceRange(),
        "service-node-port-range",
        below.nodePortFirst() + "-" + below.nodePortLast(),
        "service-account-issuer",
        config.accounts().issuer(),
        "api-audiences",
        config.accounts().audiences().toString(),
        "disable-admission-plugins",
        below.disabledAdmission().toString(),
        "authorization-mode",
        "Node,RBAC");
  }

  private HealthChecks health() {
    var ping = new HealthChecks.Check("ping", () -> true);
    var log = new HealthChecks.Check("log", () -> true);
    var store = new HealthChecks.Check("etcd", core::ready);
    var roles = new HealthChecks.Check("poststarthook/rbac/bootstrap-roles", core::ready);
    var classes =
        new HealthChecks.Check(
            "poststarthook/scheduling/bootstrap-system-priority-classes", core::ready);
    var informers = new HealthChecks.Check("informer-sync", rbac::ready);
    var shutdown = new HealthChecks.Check("shutdown", () -> !stopping);
    return new HealthChecks(
        List.of(ping, log, store, roles, classes),
        List.of(ping, log, store, informers, roles, classes, shutdown));
  }

  /// The part below the fronts, for other fronts and for parts in the same process.
  public ApiCore core() {
    return core;
  }

  public Registry registry() {
    return core.registry();
  }

  /// Decides for every front.
  public Authorizer authorizer() {
    return authorizer;
  }

  /// The HTTPS port.
  public int port() {
    return server.port();
  }

  /// `host:port` where clients reach this server.
  public String externalAddress() {
    if (!config.externalAddress().isEmpty()) {
      return config.externalAddress();
    }
    return config.bind().getHostString() + ":" + port();
  }

  /// Uses new certificates for connections from now on.
  public void reload(TlsMaterial serving, TlsMaterial kubeletClient) throws IOException {
    server.reload(serving);
    kubeletTls = HttpConnection.clientTls(config.kubeletAuthorities(), kubeletClient);
  }

  @Override
  public String name() {
    return "apiserver";
  }

  @Override
  public void start() throws Exception {
    core.start();
    AuthenticationFacts.publish(
        core.registry(), config.clientAuthorities(), config.authentication().requestHeader());
    rbac.start();
    server.start();
    if (!rbac.awaitReady(ROLES_LIMIT)) {
      throw new IOException(
          "the roles could not be read from the store within " + ROLES_LIMIT.toSeconds() + " s");
    }
  }

  @Override
  public boolean ready() {
    return core.ready() && rbac.ready() && !stopping;
  }

  @Override
  public void close() {
    stopping = true;
    server.close();
    rbac.close();
    core.close();
  }
}
