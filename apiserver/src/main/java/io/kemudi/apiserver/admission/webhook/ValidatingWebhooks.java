package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.admission.AdmissionPlugin;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.match.SeenRequest;
import io.kemudi.apiserver.admission.webhook.WebhookCaller.Call;
import io.kemudi.apiserver.admission.webhook.WebhookCaller.Outcome;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.time.Timers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ValidatingAdmissionWebhook: all webhooks that a request concerns are asked at once; the first of
/// them in order that denies it, or fails and must not, decides.
public final class ValidatingWebhooks implements AdmissionPlugin {
  private static final String FAILED_OPEN =
      "failed-open.validating.webhook.admission.k8s.io/round_0_index_";

  private final Webhooks webhooks;
  private final WebhookCaller caller;

  public ValidatingWebhooks(ObjectReader reader, Timers timers) {
    this(reader, timers, new HttpsTransport());
  }

  ValidatingWebhooks(ObjectReader reader, Timers timers, WebhookTransport transport) {
    webhooks = new Webhooks(reader, timers, "validatingwebhookconfigurations");
    caller = new WebhookCaller(reader, transport);
  }

  @Override
  public String name() {
    return "ValidatingAdmissionWebhook";
  }

  @Override
  public boolean isOutside() {
    return true;
  }

  private record Asked(Webhook webhook, Call call) {}

  @Override
  public void validate(AdmissionRequest request) {
    List<Webhook> all = webhooks.all(request);
    if (all.isEmpty()) {
      return;
    }
    record Seen(Webhook webhook, SeenRequest seen) {}
    List<Seen> concerned = new ArrayList<>();
    for (Webhook webhook : all) {
      SeenRequest seen = webhooks.seenBy(webhook, request);
      if (seen != null) {
        concerned.add(new Seen(webhook, seen));
      }
    }
    List<Asked> asked = new ArrayList<>();
    for (Seen each : concerned) {
      asked.add(new Asked(each.webhook(), caller.begin(each.webhook(), each.seen(), false)));
    }
    ApiException first = null;
    for (int i = 0; i < asked.size(); i++) {
      ApiException refusal = refusal(request, asked.get(i), i);
      first = first == null ? refusal : first;
    }
    if (first != null) {
      throw first;
    }
  }

  private static @Nullable ApiException refusal(AdmissionRequest request, Asked asked, int index) {
    Webhook webhook = asked.webhook();
    return switch (asked.call().await()) {
      case Outcome.Spared() -> null;
      case Outcome.Failed(String why) -> {
        if (webhook.ignores()) {
          request.context().audit().annotate(FAILED_OPEN + index, webhook.name());
          yield null;
        }
        yield Failures.calling(webhook, why);
      }
      case Outcome.Answered(Reviews.Answer answer) -> {
        answer.warnings().forEach(request.context()::warn);
        answer
            .annotations()
            .forEach((key, value) ->
                request.context().audit().annotate(webhook.name() + "/" + key, value));
        yield answer.allowed() ? null : Reviews.denial(webhook.name(), answer.status());
      }
    };
  }
}
