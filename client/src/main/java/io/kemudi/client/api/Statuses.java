package io.kemudi.client.api;

import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.kubernetes.meta.v1.Status;
import java.util.List;

/// Reads a server's `Status` as the exception that it stands for.
public final class Statuses {
  private Statuses() {}

  /// From the message's bytes, without an envelope.
  public static ApiException exception(byte[] status) {
    try {
      return exception(Status.parseFrom(status));
    } catch (InvalidProtocolBufferException e) {
      return new ApiException(
          StatusReason.INTERNAL_ERROR, "the server's Status cannot be read: " + e.getMessage());
    }
  }

  public static ApiException exception(Status status) {
    return new ApiException(
        reason(status.getReason(), status.getCode()),
        status.getCode() == 0 ? 500 : status.getCode(),
        status.getMessage(),
        status.hasDetails() ? details(status.getDetails()) : null);
  }

  /// The reason of this text or, when that says nothing, the first one of this HTTP code.
  public static StatusReason reason(String text, int code) {
    for (StatusReason reason : StatusReason.values()) {
      if (!text.isEmpty() && reason.text().equals(text)) {
        return reason;
      }
    }
    for (StatusReason reason : StatusReason.values()) {
      if (reason.code() == code) {
        return reason;
      }
    }
    return StatusReason.UNKNOWN;
  }

  private static StatusDetails details(io.kemudi.kubernetes.meta.v1.StatusDetails details) {
    List<io.kemudi.apimachinery.errors.StatusCause> causes =
        details.getCausesList().stream()
            .map(cause ->
                new io.kemudi.apimachinery.errors.StatusCause(
                    cause.getReason(), cause.getMessage(), cause.getField()))
            .toList();
    return new StatusDetails(
        details.getName(),
        details.getGroup(),
        details.getKind(),
        details.getUid(),
        causes,
        details.getRetryAfterSeconds());
  }
}
