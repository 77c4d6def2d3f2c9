package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.kubernetes.meta.v1.ListMeta;
import io.kemudi.kubernetes.meta.v1.Status;
import org.jspecify.annotations.Nullable;

/// Refusals as `Status` objects.
public final class Statuses {
  private static final ObjectForm FORM = new ObjectForm("v1", "Status", "meta.v1.Status");

  private Statuses() {}

  public static StoredObject of(ApiException e) {
    Status.Builder status =
        Status.newBuilder()
            .setMetadata(ListMeta.getDefaultInstance())
            .setStatus("Failure")
            .setMessage(e.text())
            .setReason(e.reasonText())
            .setCode(e.code());
    StatusDetails details = e.details();
    if (details != null) {
      status.setDetails(details(details));
    }
    return new StoredObject(FORM, "", "", status.build().toByteArray(), 0);
  }

  /// A Status that names nothing but its code and words.
  public static StoredObject success() {
    return new StoredObject(
        FORM,
        "",
        "",
        Status.newBuilder()
            .setMetadata(ListMeta.getDefaultInstance())
            .setStatus("Success")
            .build()
            .toByteArray(),
        0);
  }

  public static int retryAfterSeconds(ApiException e) {
    @Nullable StatusDetails details = e.details();
    return details == null ? 0 : details.retryAfterSeconds();
  }

  private static io.kemudi.kubernetes.meta.v1.StatusDetails.Builder details(StatusDetails from) {
    var details =
        io.kemudi.kubernetes.meta.v1.StatusDetails.newBuilder()
            .setName(from.name())
            .setGroup(from.group())
            .setKind(from.kind())
            .setUid(from.uid())
            .setRetryAfterSeconds(from.retryAfterSeconds());
    for (StatusCause cause : from.causes()) {
      details.addCauses(
          io.kemudi.kubernetes.meta.v1.StatusCause.newBuilder()
              .setReason(cause.reason())
              .setMessage(cause.message())
              .setField(cause.field()));
    }
    return details;
  }
}
