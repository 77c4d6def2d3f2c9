package io.kemudi.store.etcd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kemudi.store.StoreException;

/// What etcd's errors mean. It tells them apart by words alone; these are unchanged since 3.3.
final class EtcdErrors {
  private EtcdErrors() {}

  static boolean isCompacted(Throwable e) {
    return says(e, "required revision has been compacted");
  }

  static boolean isFutureRevision(Throwable e) {
    return says(e, "required revision is a future revision");
  }

  static boolean isLeaseNotFound(Throwable e) {
    return says(e, "requested lease not found");
  }

  /// Whether a call that changes nothing may be tried again, on another member.
  static boolean isTransient(StatusRuntimeException e) {
    return e.getStatus().getCode() == Status.Code.UNAVAILABLE;
  }

  private static boolean isTooLarge(Throwable e) {
    return says(e, "request is too large")
        || says(e, "too many operations in txn request")
        || says(e, "received message larger than max");
  }

  private static boolean says(Throwable e, String words) {
    String description = Status.fromThrowable(e).getDescription();
    return description != null && description.contains(words);
  }

  /// All that has no case of its own.
  static StoreException failure(String what, Throwable e) {
    Status status = Status.fromThrowable(e);
    String message = "etcd cannot %s: %s".formatted(what, reason(status));
    return isTooLarge(e)
        ? new StoreException.TooLarge(message + " (see etcd's --max-request-bytes, --max-txn-ops)")
        : new StoreException.Unavailable(message, e);
  }

  /// With the cause, for gRPC calls every lost connection just an "io exception".
  private static String reason(Status status) {
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return "no answer in time";
    }
    String description = status.getDescription();
    Throwable cause = status.getCause();
    String reason = description == null ? status.getCode().toString() : description;
    return cause == null ? reason : reason + " (" + cause.getMessage() + ")";
  }
}
