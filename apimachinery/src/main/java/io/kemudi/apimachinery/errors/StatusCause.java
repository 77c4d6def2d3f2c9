package io.kemudi.apimachinery.errors;

/// One entry of `Status.details.causes`: upstream's cause type (such as `FieldValueInvalid`), what
/// is wrong, and the JSON path it is wrong at.
public record StatusCause(String reason, String message, String field) {}
