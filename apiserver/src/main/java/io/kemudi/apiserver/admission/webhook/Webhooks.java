package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.cel.CelFailure;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.match.Configured;
import io.kemudi.apiserver.admission.match.Constraints;
import io.kemudi.apiserver.admission.match.Expressions;
import io.kemudi.apiserver.admission.match.SeenRequest;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.time.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The webhooks of one kind, and which of them a request concerns.
final class Webhooks {
  static final String GROUP = "admissionregistration.k8s.io";

  /// What no webhook is asked about, so that a wrong one can always be taken away.
  private static final Set<String> EXEMPT =
      Set.of(
          "validatingwebhookconfigurations",
          "mutatingwebhookconfigurations",
          "validatingadmissionpolicies",
          "validatingadmissionpolicybindings",
          "mutatingadmissionpolicies",
          "mutatingadmissionpolicybindings");

  private final ObjectReader reader;
  private final Configured<List<Webhook>> configured;

  Webhooks(ObjectReader reader, Timers timers, String resource) {
    this.reader = reader;
    this.configured =
        new Configured<>(reader, resource + "." + GROUP, (tree, _) -> Webhook.of(tree, timers));
  }

  /// All, in the order of their configurations' names.
  List<Webhook> all(AdmissionRequest request) {
    List<List<Webhook>> lists = configured.all();
    if (lists.isEmpty() || isExempt(request)) {
      return List.of();
    }
    List<Webhook> all = new ArrayList<>();
    lists.forEach(all::addAll);
    return all;
  }

  private static boolean isExempt(AdmissionRequest request) {
    return request.target().row().group().equals(GROUP)
        && EXEMPT.contains(request.target().row().resource());
  }

  /// How a webhook is to see the request; null when it is not to see it.
  ///
  /// @throws ApiException when that cannot be told
  @Nullable SeenRequest seenBy(Webhook webhook, AdmissionRequest request) {
    Constraints constraints = webhook.constraints();
    if (constraints == null) {
      return new SeenRequest(request, reader.forms(), request.target().row());
    }
    ResourceRow row = constraints.choose(request, reader);
    if (row == null) {
      return null;
    }
    SeenRequest seen = new SeenRequest(request, reader.forms(), row);
    return holds(webhook, seen) ? seen : null;
  }

  private static boolean holds(Webhook webhook, SeenRequest seen) {
    if (webhook.conditions().isEmpty()) {
      return true;
    }
    try {
      return webhook.conditions().hold(Expressions.values(seen));
    } catch (CelFailure e) {
      if (webhook.ignores()) {
        return false;
      }
      throw seen.request().forbidden(e.text());
    }
  }
}
