package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.patch.JsonPatch;
import io.kemudi.apiserver.admission.AdmissionPlugin;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.Rounds;
import io.kemudi.apiserver.admission.match.SeenRequest;
import io.kemudi.apiserver.admission.webhook.WebhookCaller.Outcome;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.time.Timers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// MutatingAdmissionWebhook: asks one webhook after the other, each about what the ones before made
/// of the object.
public final class MutatingWebhooks implements AdmissionPlugin {
  private static final String FAILED_OPEN = "failed-open.mutating.webhook.admission.k8s.io/";
  private static final String MUTATION = "mutation.webhook.admission.k8s.io/";

  private final Webhooks webhooks;
  private final WebhookCaller caller;

  public MutatingWebhooks(ObjectReader reader, Timers timers) {
    this(reader, timers, new HttpsTransport());
  }

  MutatingWebhooks(ObjectReader reader, Timers timers, WebhookTransport transport) {
    webhooks = new Webhooks(reader, timers, "mutatingwebhookconfigurations");
    caller = new WebhookCaller(reader, transport);
  }

  @Override
  public String name() {
    return "MutatingAdmissionWebhook";
  }

  @Override
  public boolean isOutside() {
    return true;
  }

  @Override
  public void admit(AdmissionRequest request) {
    List<Webhook> all = webhooks.all(request);
    if (all.isEmpty()) {
      return;
    }
    Rounds.Ledger ledger = request.rounds().ledger(name());
    ledger.begin(request.object());
    for (int i = 0; i < all.size(); i++) {
      Webhook webhook = all.get(i);
      if (!ledger.skips(webhook.id())) {
        SeenRequest seen = webhooks.seenBy(webhook, request);
        if (seen != null) {
          boolean changed =
              ask(webhook, seen, "round_" + request.rounds().number() + "_index_" + i);
          ledger.asked(webhook.id(), changed, webhook.eager());
        }
      }
    }
    ledger.end(request.object());
  }

  private boolean ask(Webhook webhook, SeenRequest seen, String place) {
    AdmissionRequest request = seen.request();
    return switch (caller.begin(webhook, seen, true).await()) {
      case Outcome.Spared() -> false;
      case Outcome.Failed(String why) -> {
        if (!webhook.ignores()) {
          throw Failures.calling(webhook, why);
        }
        request.context().audit().annotate(FAILED_OPEN + place, webhook.name());
        yield false;
      }
      case Outcome.Answered(Reviews.Answer answer) -> {
        answer.warnings().forEach(request.context()::warn);
        answer
            .annotations()
            .forEach((key, value) ->
                request.context().audit().annotate(webhook.name() + "/" + key, value));
        if (!answer.allowed()) {
          throw Reviews.denial(webhook.name(), answer.status());
        }
        boolean changed = answer.patch() != null && patched(seen, answer.patch());
        request.context().audit().annotate(MUTATION + place, mutation(webhook, changed));
        yield changed;
      }
    };
  }

  /// @throws ApiException when the patch cannot be applied, whatever the failure policy
  private static boolean patched(SeenRequest seen, Object patch) {
    Map<String, @Nullable Object> object = seen.object();
    if (object == null) {
      throw Failures.internal(
          "admission webhook attempted to modify the object, which is not supported for this operation");
    }
    try {
      return seen.replace(JsonPatch.applyOrTell(object, patch));
    } catch (JsonPatch.RefusedException e) {
      throw Failures.internal(e.text());
    } catch (ApiException e) {
      throw Failures.internal(e.text());
    }
  }

  private static String mutation(Webhook webhook, boolean changed) {
    return "{\"configuration\":\""
        + webhook.configuration()
        + "\",\"webhook\":\""
        + webhook.name()
        + "\",\"mutated\":"
        + changed
        + "}";
  }
}
