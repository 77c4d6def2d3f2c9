package io.kemudi.apiserver.registry;

import io.kemudi.kubernetes.meta.v1.Status;

/// Answers that are a `Status` of success.
public final class Statuses {
  public static final ObjectForm FORM = new ObjectForm("v1", "Status", "meta.v1.Status");

  private Statuses() {}

  static StoredObject success() {
    return answer(Status.newBuilder().setStatus("Success"));
  }

  static StoredObject deleted(ResourceRow row, String name, String uid) {
    Status.Builder status = Status.newBuilder().setStatus("Success");
    status
        .getDetailsBuilder()
        .setName(name)
        .setGroup(row.group())
        .setKind(row.resource())
        .setUid(uid);
    return answer(status);
  }

  private static StoredObject answer(Status.Builder status) {
    status.getMetadataBuilder();
    return new StoredObject(FORM, "", "", status.build().toByteArray(), 0);
  }
}
