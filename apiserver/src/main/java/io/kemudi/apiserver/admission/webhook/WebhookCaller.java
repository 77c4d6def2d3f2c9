package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.admission.match.SeenRequest;
import io.kemudi.apiserver.admission.webhook.WebhookTransport.Destination;
import io.kemudi.apiserver.registry.ObjectReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks webhooks: each in a thread of its own, within its time limit, and not too many at once. Any
/// thread.
final class WebhookCaller {
  /// What a slow webhook holds up at most, over all requests.
  private static final int MAX_IN_FLIGHT = 512;

  private final ServiceAddresses services;
  private final WebhookTransport transport;
  private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);

  WebhookCaller(ObjectReader reader, WebhookTransport transport) {
    this.services = new ServiceAddresses(reader);
    this.transport = transport;
  }

  /// How asking a webhook ended.
  sealed interface Outcome {
    record Answered(Reviews.Answer answer) implements Outcome {}

    /// `why` in upstream's words.
    record Failed(String why) implements Outcome {}

    /// It is not asked: see [OwnObjects].
    record Spared() implements Outcome {}
  }

  /// A question on its way.
  interface Call {
    /// Waits for its end.
    Outcome await();
  }

  /// Begins to ask.
  ///
  /// @throws ApiException BadRequest for a dry run that the webhook does not support
  Call begin(Webhook webhook, SeenRequest seen, boolean mutating) {
    if (seen.request().dryRun()
        && !webhook.sideEffects().equals("None")
        && !webhook.sideEffects().equals("NoneOnDryRun")) {
      throw ApiException.badRequest(
          "admission webhook \"" + webhook.name() + "\" does not support dry run");
    }
    Outcome known = spared(webhook, seen);
    if (known != null) {
      return () -> known;
    }
    String uid = UUID.randomUUID().toString();
    byte[] question = Reviews.question(seen, webhook.reviewVersion(), uid);
    var task = new FutureTask<>(() -> post(webhook, question));
    Thread.ofVirtual().name("webhook-" + webhook.name()).start(task);
    return () -> ended(webhook, task, uid, mutating);
  }

  private @Nullable Outcome spared(Webhook webhook, SeenRequest seen) {
    if (!webhook.problem().isEmpty()) {
      return new Outcome.Failed("it cannot be called: " + webhook.problem());
    }
    if (webhook.needBackend() instanceof Backend.Service service
        && OwnObjects.include(seen.request().target(), service.namespace())
        && !services.hasEndpoint(service)) {
      return new Outcome.Spared();
    }
    if (!webhook.breaker().admits()) {
      return new Outcome.Failed(
          "it is left alone for up to "
              + Breaker.PAUSE.toSeconds()
              + " seconds because its last "
              + Breaker.FAILURES
              + " calls failed, the last one so: "
              + webhook.breaker().lastFailure()
              + "; make it answer again, or change or delete webhook \""
              + webhook.name()
              + "\" of configuration \""
              + webhook.configuration()
              + "\"");
    }
    return null;
  }

  private Outcome ended(Webhook webhook, FutureTask<byte[]> task, String uid, boolean mutating) {
    Outcome outcome;
    try {
      byte[] body = task.get(webhook.timeout().toMillis(), TimeUnit.MILLISECONDS);
      outcome = new Outcome.Answered(Reviews.answer(body, webhook.reviewVersion(), uid, mutating));
    } catch (CallFailed e) {
      outcome = new Outcome.Failed(e.text());
    } catch (ExecutionException e) {
      outcome = new Outcome.Failed(why(webhook, e.getCause()));
    } catch (TimeoutException e) {
      outcome = new Outcome.Failed(posting(webhook) + "context deadline exceeded");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      outcome = new Outcome.Failed(posting(webhook) + "the request was given up");
    } finally {
      task.cancel(true); // closes the connection
    }
    if (outcome instanceof Outcome.Failed(String why)) {
      webhook.breaker().failed(why);
    } else {
      webhook.breaker().succeeded();
    }
    return outcome;
  }

  private static String why(Webhook webhook, @Nullable Throwable failure) {
    return switch (failure) {
      case HttpsTransport.RefusedException e -> "failed to call webhook: " + e.getMessage();
      case CallFailed e -> posting(webhook) + e.text();
      case IOException e -> posting(webhook) + e.getMessage();
      case null, default -> posting(webhook) + failure;
    };
  }

  private byte[] post(Webhook webhook, byte[] question) throws IOException, InterruptedException {
    Destination to = destination(webhook);
    inFlight.acquire();
    try {
      return transport.post(to, question);
    } finally {
      inFlight.release();
    }
  }

  private Destination destination(Webhook webhook) {
    String query = "timeout=" + webhook.timeout().toSeconds() + "s";
    return switch (webhook.needBackend()) {
      case Backend.Service service ->
          new Destination(
              resolved(services.resolve(service)),
              service.host(),
              path(service.path()) + "?" + query,
              service.authorities());
      case Backend.Url(URI uri, byte[] authorities) ->
          new Destination(
              new InetSocketAddress(host(uri), uri.getPort() < 0 ? 443 : uri.getPort()),
              host(uri),
              path(uri.getRawPath())
                  + "?"
                  + (uri.getRawQuery() == null ? "" : uri.getRawQuery() + "&")
                  + query,
              authorities);
    };
  }

  private static InetSocketAddress resolved(InetSocketAddress address) {
    return address.isUnresolved()
        ? new InetSocketAddress(address.getHostString(), address.getPort())
        : address;
  }

  private static String host(URI uri) {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String path(@Nullable String path) {
    return path == null || path.isEmpty() ? "/" : path;
  }

  private static String posting(Webhook webhook) {
    String query = "?timeout=" + webhook.timeout().toSeconds() + "s";
    String url =
        switch (webhook.needBackend()) {
          case Backend.Service service ->
              "https://" + service.host() + ":" + service.port() + service.path() + query;
          case Backend.Url(URI uri, byte[] _) -> uri + query;
        };
    return "failed to call webhook: Post \"" + url + "\": ";
  }
}
