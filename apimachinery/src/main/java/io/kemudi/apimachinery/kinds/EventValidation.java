package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.ObjectReference;
import io.kemudi.kubernetes.events.v1.Event;
import io.kemudi.kubernetes.meta.v1.MicroTime;
import java.nio.charset.StandardCharsets;

/// Events: lax in the old form, strict in the new one. Both must be in the namespace of what they
/// are about; what has none is spoken of in `default`.
final class EventValidation {
  private static final int REASON_MAX = 128;
  private static final int NOTE_MAX = 1024;

  private EventValidation() {}

  static void validate(io.kemudi.kubernetes.core.v1.Event event, FieldErrors errors) {
    String namespace = event.getMetadata().getNamespace();
    if (isUnset(event.getEventTime())) {
      oldForm(namespace, event.getInvolvedObject(), errors);
      return;
    }
    newForm(namespace, event.getInvolvedObject(), errors);
    reporter(event.getReportingComponent(), FieldPath.of("reportingComponent"), errors);
    texts(
        event.getReportingInstance(),
        event.getAction(),
        event.getReason(),
        event.getMessage(),
        event.getType(),
        errors);
  }

  static void validate(Event event, FieldErrors errors) {
    newForm(event.getMetadata().getNamespace(), event.getRegarding(), errors);
    if (isUnset(event.getEventTime())) {
      errors.required(FieldPath.of("eventTime"));
    }
    reporter(event.getReportingController(), FieldPath.of("reportingController"), errors);
    texts(
        event.getReportingInstance(),
        event.getAction(),
        event.getReason(),
        event.getNote(),
        event.getType(),
        errors);
    if (event.hasSeries()) {
      if (event.getSeries().getCount() < 2) {
        errors.invalid(FieldPath.of("series", "count"), "", "should be at least 2");
      }
      if (isUnset(event.getSeries().getLastObservedTime())) {
        errors.required(FieldPath.of("series", "lastObservedTime"));
      }
    }
  }

  /// An event of the new form is as it was told; only its series goes on. Upstream names the fields
  /// of the stored form.
  static void validateUpdate(Event now, Event old, FieldErrors errors) {
    FieldPath regarding = FieldPath.of("involvedObject");
    same(now.getRegarding(), old.getRegarding(), GoForm.of(now.getRegarding()), regarding, errors);
    same(now.getReason(), old.getReason(), now.getReason(), FieldPath.of("reason"), errors);
    same(now.getNote(), old.getNote(), now.getNote(), FieldPath.of("message"), errors);
    same(
        now.getDeprecatedSource(),
        old.getDeprecatedSource(),
        GoForm.of(now.getDeprecatedSource()),
        FieldPath.of("source"),
        errors);
    same(
        now.getDeprecatedCount(),
        old.getDeprecatedCount(),
        now.getDeprecatedCount(),
        FieldPath.of("count"),
        errors);
    same(now.getType(), old.getType(), now.getType(), FieldPath.of("type"), errors);
    same(now.getEventTime(), old.getEventTime(), "", FieldPath.of("eventTime"), errors);
    same(now.getAction(), old.getAction(), now.getAction(), FieldPath.of("action"), errors);
    same(
        now.getReportingController(),
        old.getReportingController(),
        now.getReportingController(),
        FieldPath.of("reportingController"),
        errors);
    same(
        now.getReportingInstance(),
        old.getReportingInstance(),
        now.getReportingInstance(),
        FieldPath.of("reportingInstance"),
        errors);
  }

  private static void same(
      Object now, Object old, Object shown, FieldPath path, FieldErrors errors) {
    if (!now.equals(old)) {
      errors.invalid(path, shown, Immutable.DETAIL);
    }
  }

  /// A time that is no pointer is written as an empty message.
  private static boolean isUnset(MicroTime time) {
    return time.equals(MicroTime.getDefaultInstance());
  }

  private static void reporter(String controller, FieldPath path, FieldErrors errors) {
    Checks.requiredText(controller, path, errors);
    Checks.form(controller, Names::qualified, path, errors);
  }

  private static void texts(
      String instance, String action, String reason, String note, String type, FieldErrors errors) {
    requiredUpTo(instance, FieldPath.of("reportingInstance"), errors);
    requiredUpTo(action, FieldPath.of("action"), errors);
    requiredUpTo(reason, FieldPath.of("reason"), errors);
    if (note.getBytes(StandardCharsets.UTF_8).length > NOTE_MAX) {
      errors.invalid(FieldPath.of("message"), "", "can have at most " + NOTE_MAX + " characters");
    }
    if (!type.equals("Normal") && !type.equals("Warning")) {
      errors.invalid(FieldPath.of("type"), "", "has invalid value: " + type);
    }
  }

  private static void requiredUpTo(String text, FieldPath path, FieldErrors errors) {
    Checks.requiredText(text, path, errors);
    if (text.getBytes(StandardCharsets.UTF_8).length > REASON_MAX) {
      errors.invalid(path, "", "can have at most " + REASON_MAX + " characters");
    }
  }

  private static void oldForm(String namespace, ObjectReference about, FieldErrors errors) {
    String place = about.getNamespace();
    if (place.isEmpty() ? !namespace.equals("default") : !place.equals(namespace)) {
      mismatch(place, errors);
    }
  }

  private static void newForm(String namespace, ObjectReference about, FieldErrors errors) {
    boolean free = namespace.equals("default") || namespace.equals("kube-system");
    if (about.getNamespace().isEmpty() && !free) {
      mismatch("", errors);
    }
  }

  private static void mismatch(String place, FieldErrors errors) {
    errors.invalid(
        FieldPath.of("involvedObject", "namespace"), place, "does not match event.namespace");
  }
}
