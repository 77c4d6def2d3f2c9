package io.kemudi.client.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.Statuses;
import org.jspecify.annotations.Nullable;

/// A failed call as an [ApiException]: what the server said in its trailer, or else what the
/// transport's code means.
final class GrpcErrors {
  /// Carries the bytes of a `meta.v1.Status`.
  static final Metadata.Key<byte[]> STATUS =
      Metadata.Key.of("kemudi-status-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private GrpcErrors() {}

  static ApiException exception(Throwable failure) {
    Metadata trailers = Status.trailersFromThrowable(failure);
    return exception(Status.fromThrowable(failure), trailers);
  }

  private static ApiException exception(Status status, @Nullable Metadata trailers) {
    byte[] said = trailers == null ? null : trailers.get(STATUS);
    return said == null
        ? new ApiException(reason(status.getCode()), text(status))
        : Statuses.exception(said);
  }

  private static String text(Status status) {
    Throwable cause = status.getCause();
    String words = status.getDescription() == null ? "" : ": " + status.getDescription();
    return status.getCode() + words + (cause == null ? "" : " (" + cause.getMessage() + ")");
  }

  private static StatusReason reason(Status.Code code) {
    return switch (code) {
      case UNAVAILABLE, CANCELLED, ABORTED -> StatusReason.SERVICE_UNAVAILABLE;
      case DEADLINE_EXCEEDED -> StatusReason.TIMEOUT;
      case UNAUTHENTICATED -> StatusReason.UNAUTHORIZED;
      case PERMISSION_DENIED -> StatusReason.FORBIDDEN;
      case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> StatusReason.BAD_REQUEST;
      case NOT_FOUND -> StatusReason.NOT_FOUND;
      case ALREADY_EXISTS -> StatusReason.ALREADY_EXISTS;
      case RESOURCE_EXHAUSTED -> StatusReason.TOO_MANY_REQUESTS;
      case UNIMPLEMENTED -> StatusReason.METHOD_NOT_ALLOWED;
      case OK, UNKNOWN, INTERNAL, DATA_LOSS -> StatusReason.INTERNAL_ERROR;
    };
  }
}
