package io.kemudi.apiserver.server;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.audit.AuditOrigin;
import io.kemudi.apiserver.audit.AuditRecord;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.auth.AnonymousAccess;
import io.kemudi.apiserver.auth.Authenticator;
import io.kemudi.apiserver.auth.Authorizers;
import io.kemudi.apiserver.auth.Credentials;
import io.kemudi.apiserver.auth.Impersonation;
import io.kemudi.apiserver.registry.AuditHook;
import io.kemudi.apiserver.registry.Authorization;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.rest.ApiRequest;
import io.kemudi.apiserver.rest.Transactions;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.HttpHandler;
import io.kemudi.http.WebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every request passes, in order: it gets an id, its URL is understood, its sender is known,
/// may be someone else, may do this, and only then is it dispatched. Every refusal on the way
/// leaves as a Status.
public final class HandlerChain implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(HandlerChain.class);
  private static final User NOBODY = User.of("");
  private static final String BEARER_PROTOCOL = "base64url.bearer.authorization.k8s.io.";

  /// Pod subresources that run something or open a way in: whoever asks by GET with an upgrade
  /// needs the right to create (k/k PR#134577).
  private static final Set<String> CONNECTS = Set.of("exec", "attach", "portforward");

  private final Authenticator authenticator;
  private final AnonymousAccess anonymous;
  private final Authorizer authorizer;
  private final Dispatcher dispatcher;
  private final Auditor auditor;
  private final RequestObserver observer;

  /// Hears of every answered request, for metrics and logs.
  @FunctionalInterface
  public interface RequestObserver {
    void answered(ApiRequest request, long tookNs);
  }

  /// Answers requests that passed the chain.
  @FunctionalInterface
  public interface Dispatcher {
    void dispatch(ApiRequest request) throws IOException;
  }

  public HandlerChain(
      Authenticator authenticator,
      AnonymousAccess anonymous,
      Authorizer authorizer,
      Dispatcher dispatcher,
      Auditor auditor,
      RequestObserver observer) {
    this.authenticator = authenticator;
    this.anonymous = anonymous;
    this.authorizer = authorizer;
    this.dispatcher = dispatcher;
    this.auditor = auditor;
    this.observer = observer;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    long started = System.nanoTime();
    String auditId = auditId(exchange);
    // until the sender is known, refusals go out in the name of nobody
    ApiRequest request = unidentified(exchange, auditId);
    AuditedExchange audited = null;
    try {
      QueryParameters query = QueryParameters.parse(exchange.query());
      RequestInfo info = RequestInfo.of(exchange.method(), exchange.path(), query);
      User sender = authenticated(exchange, info, auditId);
      Authorizer.Attributes asked = info.attributes(selectedName(info, query));
      AuditRecord record = auditor.begin(origin(exchange, auditId), sender, asked);
      audited = new AuditedExchange(exchange, record);
      request = new ApiRequest(audited, info, query, context(exchange, sender, record), auditId);
      User user = Impersonation.apply(sender, exchange.headers(), authorizer, asked);
      if (user != sender) {
        record.impersonated(user);
      }
      request = new ApiRequest(audited, info, query, context(exchange, user, record), auditId);
      authorize(request);
      dispatcher.dispatch(request);
    } catch (ApiException e) {
      request.refuse(e);
    } catch (CodecException e) {
      request.refuse(ApiException.badRequest(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      log.error("{} {} failed ({})", exchange.method(), exchange.path(), auditId, e);
      if (audited != null) {
        audited.record().panicked();
      }
      request.refuse(
          new ApiException(
              StatusReason.INTERNAL_ERROR,
              "This request caused apiserver to panic. Look in the logs for details.",
              StatusDetails.of("", "", "")));
    } finally {
      if (audited != null) {
        audited.handled();
      }
      observer.answered(request, System.nanoTime() - started);
    }
  }

  private RequestContext context(HttpExchange exchange, User user, AuditHook audit) {
    return new RequestContext(user, userAgent(exchange), authorizer, audit);
  }

  private static String userAgent(HttpExchange exchange) {
    return exchange.headers().first("user-agent", "");
  }

  private static AuditOrigin origin(HttpExchange exchange, String auditId) {
    String query = exchange.query();
    return new AuditOrigin(
        auditId,
        query.isEmpty() ? exchange.path() : exchange.path() + "?" + query,
        SourceAddresses.of(exchange),
        userAgent(exchange));
  }

  /// Who sends this. A failure to say is recorded too, in the name of nobody.
  private User authenticated(HttpExchange exchange, RequestInfo info, String auditId) {
    try {
      return authenticate(exchange);
    } catch (ApiException e) {
      AuditRecord record = auditor.begin(origin(exchange, auditId), NOBODY, info.attributes(""));
      record.refused(e);
      record.complete(e.code());
      throw e;
    }
  }

  private ApiRequest unidentified(HttpExchange exchange, String auditId) {
    return new ApiRequest(
        exchange,
        RequestInfo.of(exchange.method(), "/", QueryParameters.parse("")),
        QueryParameters.parse(""),
        context(exchange, Authenticator.ANONYMOUS, AuditHook.NONE),
        auditId);
  }

  private User authenticate(HttpExchange exchange) {
    Credentials credentials =
        new Credentials(exchange.peerCertificates(), bearer(exchange), exchange.headers());
    User user = authenticator.authenticate(credentials);
    boolean nobody = Authenticator.ANONYMOUS.equals(user);
    if (user == null || (nobody && !anonymous.allows(exchange.path()))) {
      throw Authenticator.unauthorized();
    }
    return user;
  }

  private void authorize(ApiRequest request) {
    RequestInfo info = request.info();
    if (Transactions.isAsked(info)) {
      return; // each of its operations is authorized by itself
    }
    Authorizer.Attributes asked = info.attributes(selectedName(info, request.query()));
    require(request, asked);
    boolean upgrade = request.exchange().headers().hasToken("connection", "upgrade");
    if (upgrade
        && info.resource().equals("pods")
        && CONNECTS.contains(info.subresource())
        && !asked.verb().equals("create")) {
      require(request, as(asked, "create"));
    }
  }

  private void require(ApiRequest request, Authorizer.Attributes asked) {
    Authorizer.Decision decision = authorizer.authorize(request.user(), asked);
    Authorization.note(request.context().audit(), decision);
    if (!decision.allowed()) {
      throw Authorizers.forbidden(request.user(), asked, decision.reason());
    }
  }

  private static String selectedName(RequestInfo info, QueryParameters query) {
    return info.name().isEmpty() ? Authorization.selectedName(query.first("fieldSelector")) : "";
  }

  private static Authorizer.Attributes as(Authorizer.Attributes asked, String verb) {
    return new Authorizer.Attributes(
        verb,
        asked.group(),
        asked.version(),
        asked.resource(),
        asked.subresource(),
        asked.namespace(),
        asked.name(),
        asked.path());
  }

  private static @Nullable String bearer(HttpExchange exchange) {
    String header = exchange.headers().first("authorization");
    if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return header.substring(7).strip();
    }
    if (header != null) {
      throw Authenticator.unauthorized(); // another scheme: we know none
    }
    if (WebSocket.isRequested(exchange)) {
      for (String protocol : WebSocket.offeredProtocols(exchange)) {
        if (protocol.startsWith(BEARER_PROTOCOL)) {
          return decoded(protocol.substring(BEARER_PROTOCOL.length()));
        }
      }
    }
    return null;
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Authenticator.unauthorized();
    }
  }

  /// The client may name its request itself.
  private static String auditId(HttpExchange exchange) {
    String given = exchange.headers().first("audit-id", "");
    return given.isEmpty() || given.length() > 64 ? UUID.randomUUID().toString() : given;
  }
}
