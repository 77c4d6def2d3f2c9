package io.kemudi.apimachinery.errors;

/// The machine-readable reasons of a refusal, each with the HTTP code it travels under.
public enum StatusReason {
  BAD_REQUEST("BadRequest", 400),
  UNAUTHORIZED("Unauthorized", 401),
  FORBIDDEN("Forbidden", 403),
  NOT_FOUND("NotFound", 404),
  METHOD_NOT_ALLOWED("MethodNotAllowed", 405),
  NOT_ACCEPTABLE("NotAcceptable", 406),
  ALREADY_EXISTS("AlreadyExists", 409),
  CONFLICT("Conflict", 409),
  GONE("Gone", 410),
  EXPIRED("Expired", 410),
  REQUEST_ENTITY_TOO_LARGE("RequestEntityTooLarge", 413),
  UNSUPPORTED_MEDIA_TYPE("UnsupportedMediaType", 415),
  INVALID("Invalid", 422),
  TOO_MANY_REQUESTS("TooManyRequests", 429),
  UNKNOWN("", 500),
  INTERNAL_ERROR("InternalError", 500),
  STORE_READ_ERROR("StoreReadError", 500),
  SERVICE_UNAVAILABLE("ServiceUnavailable", 503),
  SERVER_TIMEOUT("ServerTimeout", 500),
  TIMEOUT("Timeout", 504);

  private final String text;
  private final int code;

  StatusReason(String text, int code) {
    this.text = text;
    this.code = code;
  }

  /// As written in `Status.reason`.
  public String text() {
    return text;
  }

  public int code() {
    return code;
  }

  /// The reason that is written so; [#UNKNOWN] for any other text.
  public static StatusReason of(String text) {
    for (StatusReason reason : values()) {
      if (reason.text.equals(text)) {
        return reason;
      }
    }
    return UNKNOWN;
  }
}
