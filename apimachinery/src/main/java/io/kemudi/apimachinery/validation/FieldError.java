package io.kemudi.apimachinery.validation;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One thing that is wrong with an object: what kind of wrong, where, the value found there and
/// what would be right. [#body] and [#toStatus] word it as upstream does, which clients and their
/// tests read.
public record FieldError(Type type, String field, @Nullable Object badValue, String detail) {
  /// In place of a value that would not help, such as a whole rule.
  public static final Object OMITTED = new Object();

  /// `reason` is the cause's reason in a Status, `text` begins the message.
  public enum Type {
    NOT_FOUND("FieldValueNotFound", "Not found"),
    REQUIRED("FieldValueRequired", "Required value"),
    DUPLICATE("FieldValueDuplicate", "Duplicate value"),
    INVALID("FieldValueInvalid", "Invalid value"),
    NOT_SUPPORTED("FieldValueNotSupported", "Unsupported value"),
    FORBIDDEN("FieldValueForbidden", "Forbidden"),
    TOO_LONG("FieldValueTooLong", "Too long"),
    TOO_MANY("FieldValueTooMany", "Too many"),
    INTERNAL("InternalError", "Internal error"),
    TYPE_INVALID("FieldValueTypeInvalid", "Invalid value");

    final String reason;
    final String text;

    Type(String reason, String text) {
      this.reason = reason;
      this.text = text;
    }
  }

  /// The message without the place: `Invalid value: "Abc": must be lower case`.
  public String body() {
    StringBuilder out = new StringBuilder(type.text);
    switch (type) {
      case REQUIRED, FORBIDDEN, TOO_LONG, INTERNAL -> {}
      case NOT_FOUND, DUPLICATE, INVALID, NOT_SUPPORTED, TOO_MANY, TYPE_INVALID -> {
        if (badValue != OMITTED) {
          out.append(": ");
          BadValue.write(badValue, out);
        }
      }
    }
    if (!detail.isEmpty()) {
      out.append(": ").append(detail);
    }
    return out.toString();
  }

  @Override
  public String toString() {
    return field + ": " + body();
  }

  /// The 422 that refuses an object: `Pod "x" is invalid: [a, b]`. Every error is a cause; the
  /// message says equal ones once.
  public static ApiException toStatus(
      String group, String kind, String name, List<FieldError> errors) {
    Set<String> messages = new LinkedHashSet<>();
    List<StatusCause> causes = new ArrayList<>();
    for (FieldError error : errors) {
      messages.add(error.toString());
      causes.add(new StatusCause(error.type.reason, error.body(), error.field));
    }
    String joined = String.join(", ", messages);
    String all = messages.size() > 1 ? "[" + joined + "]" : joined;
    String message = ApiException.qualified(group, kind) + " \"" + name + "\" is invalid: " + all;
    return ApiException.invalid(group, kind, name, message, causes);
  }
}
