package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.kubernetes.meta.v1.Status;

/// Answers that are a `Status` of success.
public final class Statuses {
  public static final ObjectForm FORM = new ObjectForm("v1", "Status", "meta.v1.Status");

  private Statuses() {}

  /// A refusal as its `Status`.
  public static Status of(ApiException refusal) {
    Status.Builder status = Status.newBuilder();
    status.getMetadataBuilder().setContinue(refusal.continueToken());
    status
        .setStatus("Failure")
        .setMessage(refusal.text())
        .setReason(refusal.reasonText())
        .setCode(refusal.code());
    StatusDetails details = refusal.details();
    if (details != null) {
      fill(status.getDetailsBuilder(), details);
    }
    return status.build();
  }

  private static void fill(
      io.kemudi.kubernetes.meta.v1.StatusDetails.Builder into, StatusDetails details) {
    into.setName(details.name())
        .setGroup(details.group())
        .setKind(details.kind())
        .setUid(details.uid())
        .setRetryAfterSeconds(details.retryAfterSeconds());
    for (StatusCause cause : details.causes()) {
      into.addCausesBuilder()
          .setReason(cause.reason())
          .setMessage(cause.message())
          .setField(cause.field());
    }
  }

  /// What a binding or an eviction is answered with.
  static StoredObject created() {
    return answer(Status.newBuilder().setStatus("Success").setCode(201), 0);
  }

  /// `revision` is that of the removal.
  static StoredObject deleted(ResourceRow row, String name, String uid, long revision) {
    Status.Builder status = Status.newBuilder().setStatus("Success");
    status
        .getDetailsBuilder()
        .setName(name)
        .setGroup(row.group())
        .setKind(row.resource())
        .setUid(uid);
    return answer(status, revision);
  }

  private static StoredObject answer(Status.Builder status, long revision) {
    status.getMetadataBuilder();
    return new StoredObject(FORM, "", "", status.build().toByteArray(), revision);
  }
}
