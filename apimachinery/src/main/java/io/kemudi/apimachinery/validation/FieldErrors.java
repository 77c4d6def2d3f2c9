package io.kemudi.apimachinery.validation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects what is wrong with one object, in the order it is found. Not thread-safe; one per
/// request.
public final class FieldErrors {
  private final List<FieldError> errors = new ArrayList<>();

  public List<FieldError> list() {
    return errors;
  }

  public boolean isEmpty() {
    return errors.isEmpty();
  }

  public int size() {
    return errors.size();
  }

  public void required(FieldPath path) {
    required(path, "");
  }

  public void required(FieldPath path, String detail) {
    add(FieldError.Type.REQUIRED, path, "", detail);
  }

  public void invalid(FieldPath path, @Nullable Object value, String detail) {
    add(FieldError.Type.INVALID, path, value, detail);
  }

  /// As [#invalid(FieldPath, Object, String)], but the message does not show what is wrong.
  public void invalid(FieldPath path, String detail) {
    add(FieldError.Type.INVALID, path, FieldError.OMITTED, detail);
  }

  public void forbidden(FieldPath path, String detail) {
    add(FieldError.Type.FORBIDDEN, path, "", detail);
  }

  public void duplicate(FieldPath path, @Nullable Object value) {
    add(FieldError.Type.DUPLICATE, path, value, "");
  }

  public void notFound(FieldPath path, @Nullable Object value) {
    add(FieldError.Type.NOT_FOUND, path, value, "");
  }

  public void notFound(FieldPath path, @Nullable Object value, String detail) {
    add(FieldError.Type.NOT_FOUND, path, value, detail);
  }

  /// `supported` is shown in the order given.
  public void notSupported(FieldPath path, @Nullable Object value, Collection<String> supported) {
    StringBuilder detail = new StringBuilder();
    for (String one : supported) {
      detail.append(detail.isEmpty() ? "supported values: " : ", ");
      BadValue.quote(one, detail);
    }
    add(FieldError.Type.NOT_SUPPORTED, path, value, detail.toString());
  }

  public void tooLong(FieldPath path, int maxBytes) {
    add(
        FieldError.Type.TOO_LONG,
        path,
        "",
        "may not be more than " + maxBytes + (maxBytes == 1 ? " byte" : " bytes"));
  }

  public void tooMany(FieldPath path, int actual, int max) {
    add(
        FieldError.Type.TOO_MANY,
        path,
        actual,
        "must have at most " + max + (max == 1 ? " item" : " items"));
  }

  public void internal(FieldPath path, String detail) {
    add(FieldError.Type.INTERNAL, path, "", detail);
  }

  public void add(FieldError.Type type, FieldPath path, @Nullable Object value, String detail) {
    errors.add(new FieldError(type, path.toString(), value, detail));
  }

  public void addAll(FieldErrors others) {
    errors.addAll(others.errors);
  }
}
