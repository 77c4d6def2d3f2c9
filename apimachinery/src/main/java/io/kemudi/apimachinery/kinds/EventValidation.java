package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.ObjectReference;
import io.kemudi.kubernetes.events.v1.Event;
import java.nio.charset.StandardCharsets;

/// Events: lax in the old form, strict in the new one. Both must be in the namespace of what they
/// are about; what has none is spoken of in `default`.
final class EventValidation {
  private static final int REASON_MAX = 128;
  private static final int NOTE_MAX = 1024;

  private EventValidation() {}

  static void validate(io.kemudi.kubernetes.core.v1.Event event, FieldErrors errors) {
    validateNamespace(event.getMetadata().getNamespace(), event.getInvolvedObject(), errors);
  }

  static void validate(Event event, FieldErrors errors) {
    validateNamespace(event.getMetadata().getNamespace(), event.getRegarding(), errors);
    if (!event.hasEventTime()) {
      errors.required(FieldPath.of("eventTime"));
    }
    FieldPath controller = FieldPath.of("reportingController");
    Checks.requiredText(event.getReportingController(), controller, errors);
    Checks.form(event.getReportingController(), Names::qualified, controller, errors);
    requiredUpTo(event.getReportingInstance(), FieldPath.of("reportingInstance"), errors);
    requiredUpTo(event.getAction(), FieldPath.of("action"), errors);
    requiredUpTo(event.getReason(), FieldPath.of("reason"), errors);
    if (event.getNote().getBytes(StandardCharsets.UTF_8).length > NOTE_MAX) {
      errors.invalid(FieldPath.of("message"), "", "can have at most " + NOTE_MAX + " characters");
    }
    if (!event.getType().equals("Normal") && !event.getType().equals("Warning")) {
      errors.invalid(FieldPath.of("type"), "", "has invalid value: " + event.getType());
    }
    if (event.hasSeries()) {
      if (event.getSeries().getCount() < 2) {
        errors.invalid(FieldPath.of("series", "count"), "", "should be at least 2");
      }
      if (!event.getSeries().hasLastObservedTime()) {
        errors.required(FieldPath.of("series", "lastObservedTime"));
      }
    }
  }

  private static void requiredUpTo(String text, FieldPath path, FieldErrors errors) {
    Checks.requiredText(text, path, errors);
    if (text.getBytes(StandardCharsets.UTF_8).length > REASON_MAX) {
      errors.invalid(path, "", "can have at most " + REASON_MAX + " characters");
    }
  }

  private static void validateNamespace(
      String namespace, ObjectReference about, FieldErrors errors) {
    String place = about.getNamespace();
    boolean matches = place.isEmpty() ? namespace.equals("default") : place.equals(namespace);
    if (!matches) {
      errors.invalid(
          FieldPath.of("involvedObject", "namespace"), place, "does not match event.namespace");
    }
  }
}
