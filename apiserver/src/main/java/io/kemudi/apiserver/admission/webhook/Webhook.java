package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.admission.match.Constraints;
import io.kemudi.apiserver.admission.match.Expressions;
import io.kemudi.apiserver.admission.match.MatchConditions;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One webhook of a configuration. It lives as long as the configuration stays as it is, and so
/// does its breaker: whoever changes the configuration is not made to wait for it.
///
/// @param configuration the name of the object that it is from
/// @param ignores whether its failure lets the request pass (`failurePolicy: Ignore`)
/// @param eager whether it wants to be asked again (`reinvocationPolicy: IfNeeded`)
/// @param reviewVersion of `admission.k8s.io`, as it understands it
/// @param problem why it cannot be asked; "" mostly, and else `backend` or `constraints` is null
record Webhook(
    String configuration,
    String name,
    @Nullable Constraints constraints,
    MatchConditions conditions,
    @Nullable Backend backend,
    boolean ignores,
    boolean eager,
    Duration timeout,
    String sideEffects,
    String reviewVersion,
    String problem,
    Breaker breaker) {
  private static final long DEFAULT_SECONDS = 10;
  private static final long MAX_SECONDS = 30;

  /// Those of a configuration, in its order.
  static List<Webhook> of(Map<String, @Nullable Object> configuration, Timers timers) {
    List<Webhook> webhooks = new ArrayList<>();
    if (configuration.get("webhooks") instanceof List<?> list) {
      for (Object each : list) {
        webhooks.add(of(Meta.name(configuration), Trees.object(each, "a webhook"), timers));
      }
    }
    return webhooks;
  }

  private static Webhook of(
      String configuration, Map<String, @Nullable Object> tree, Timers timers) {
    Constraints constraints = null;
    Backend backend = null;
    String problem = "";
    try {
      constraints = Constraints.ofWebhook(tree);
      backend = Backend.of(Trees.child(tree, "clientConfig"));
    } catch (ApiException | IllegalArgumentException e) {
      problem = String.valueOf(e.getMessage());
    }
    long seconds = tree.get("timeoutSeconds") instanceof Long given ? given : DEFAULT_SECONDS;
    return new Webhook(
        configuration,
        Trees.string(tree, "name"),
        constraints,
        MatchConditions.of(Expressions.WEBHOOK, tree.get("matchConditions")),
        backend,
        Trees.string(tree, "failurePolicy").equals("Ignore"),
        Trees.string(tree, "reinvocationPolicy").equals("IfNeeded"),
        Duration.ofSeconds(Math.clamp(seconds, 1, MAX_SECONDS)),
        Trees.string(tree, "sideEffects"),
        reviewVersion(tree.get("admissionReviewVersions")),
        problem,
        new Breaker(timers));
  }

  private static String reviewVersion(@Nullable Object versions) {
    if (versions instanceof List<?> list) {
      for (Object version : list) {
        if (version instanceof String text && (text.equals("v1") || text.equals("v1beta1"))) {
          return text;
        }
      }
    }
    return "v1";
  }

  String id() {
    return configuration + "/" + name;
  }

  Backend needBackend() {
    return Objects.requireNonNull(backend, "without a backend there is a problem");
  }
}
