package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apiserver.server.QueryParameters;
import org.jspecify.annotations.Nullable;

/// What may be asked of a pod's log.
final class LogOptions {
  private LogOptions() {}

  /// @throws io.kemudi.apimachinery.errors.ApiException 422 telling which option is wrong
  static void validate(String pod, QueryParameters query) {
    FieldErrors errors = new FieldErrors();
    atLeast(query, "tailLines", 0, errors);
    atLeast(query, "limitBytes", 1, errors);
    if (!query.first("sinceSeconds").isEmpty() && !query.first("sinceTime").isEmpty()) {
      // upstream names no field but an empty list of them
      errors.forbidden(
          FieldPath.of("[]"), "at most one of `sinceTime` or `sinceSeconds` may be specified");
    }
    atLeast(query, "sinceSeconds", 1, errors);
    if (!query.first("stream").isEmpty()) {
      errors.forbidden(FieldPath.of("stream"), "may not be specified");
    }
    if (!errors.list().isEmpty()) {
      throw FieldError.toStatus("", "PodLogOptions", pod, errors.list());
    }
  }

  private static void atLeast(QueryParameters query, String name, long min, FieldErrors errors) {
    @Nullable Long number = query.number(name);
    if (number != null && number < min) {
      String bound = min == 0 ? "greater than or equal to 0" : "greater than 0";
      errors.invalid(FieldPath.of(name), number, "must be " + bound);
    }
  }
}
