package io.kemudi.apimachinery.errors;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A refusal, as a client of the API sees it: a Status with reason, HTTP code, message and details.
/// Thrown by the server where a request cannot be done and by [io.kemudi.client] transports where a
/// server said so. Carries no stack trace: it is an answer, not a fault.
public final class ApiException extends RuntimeException {
  private final StatusReason reason;
  private final String reasonText;
  private final int code;
  private final @Nullable StatusDetails details;
  private final String continueToken;

  public ApiException(StatusReason reason, String message) {
    this(reason, reason.code(), message, null);
  }

  public ApiException(StatusReason reason, String message, @Nullable StatusDetails details) {
    this(reason, reason.code(), message, details);
  }

  public ApiException(
      StatusReason reason, int code, String message, @Nullable StatusDetails details) {
    this(reason, reason.text(), code, message, details, "");
  }

  private ApiException(
      StatusReason reason,
      String reasonText,
      int code,
      String message,
      @Nullable StatusDetails details,
      String continueToken) {
    super(message, null, false, false);
    this.reason = reason;
    this.reasonText = reasonText;
    this.code = code;
    this.details = details;
    this.continueToken = continueToken;
  }

  public StatusReason reason() {
    return reason;
  }

  /// As written in `Status.reason`: that of [#reason], or what a webhook made up.
  public String reasonText() {
    return reasonText;
  }

  public int code() {
    return code;
  }

  public String text() {
    return String.valueOf(getMessage());
  }

  public @Nullable StatusDetails details() {
    return details;
  }

  /// For `Status.metadata.continue`; mostly "".
  public String continueToken() {
    return continueToken;
  }

  public boolean is(StatusReason reason) {
    return this.reason == reason;
  }

  public static ApiException badRequest(String message) {
    return new ApiException(StatusReason.BAD_REQUEST, message);
  }

  /// `pods "web" not found`, in upstream's words; `resource` is the plural, with its group appended
  /// as `deployments.apps` in the text.
  public static ApiException notFound(String group, String resource, String name) {
    return new ApiException(
        StatusReason.NOT_FOUND,
        qualified(group, resource) + " \"" + name + "\" not found",
        StatusDetails.of(group, resource, name));
  }

  public static ApiException alreadyExists(String group, String resource, String name) {
    return new ApiException(
        StatusReason.ALREADY_EXISTS,
        qualified(group, resource) + " \"" + name + "\" already exists",
        StatusDetails.of(group, resource, name));
  }

  public static ApiException conflict(String group, String resource, String name, String why) {
    return new ApiException(
        StatusReason.CONFLICT,
        "Operation cannot be fulfilled on "
            + qualified(group, resource)
            + " \""
            + name
            + "\": "
            + why,
        StatusDetails.of(group, resource, name));
  }

  public static ApiException expired(String message) {
    return new ApiException(StatusReason.EXPIRED, message);
  }

  /// A list that cannot go on consistently; `token` is for clients that prefer an inconsistent rest
  /// to a new list.
  public static ApiException expiredContinue(String message, String token) {
    return new ApiException(
        StatusReason.EXPIRED,
        StatusReason.EXPIRED.text(),
        StatusReason.EXPIRED.code(),
        message,
        null,
        token);
  }

  /// A refusal by somebody else, with whatever reason and code that gave.
  public static ApiException relayed(
      String reason, int code, String message, @Nullable StatusDetails details) {
    return new ApiException(StatusReason.of(reason), reason, code, message, details, "");
  }

  /// A 422. `kind` is the kind, not the resource, as upstream has it here; the message lists the
  /// causes behind it.
  public static ApiException invalid(
      String group, String kind, String name, String message, List<StatusCause> causes) {
    return new ApiException(
        StatusReason.INVALID, message, StatusDetails.of(group, kind, name).withCauses(causes));
  }

  public static String qualified(String group, String resource) {
    return group.isEmpty() ? resource : resource + "." + group;
  }
}
