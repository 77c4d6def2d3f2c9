package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import java.util.List;

/// What a client is told of webhooks that failed.
final class Failures {
  private Failures() {}

  static ApiException calling(Webhook webhook, String why) {
    return internal("failed calling webhook \"" + webhook.name() + "\": " + why);
  }

  static ApiException internal(String text) {
    return new ApiException(
        StatusReason.INTERNAL_ERROR,
        "Internal error occurred: " + text,
        StatusDetails.of("", "", "").withCauses(List.of(new StatusCause("", text, ""))));
  }
}
