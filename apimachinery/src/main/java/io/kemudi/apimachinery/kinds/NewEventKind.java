package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.events.v1.Event;
import java.util.List;

/// Event of events.k8s.io, stored as the core group's.
final class NewEventKind extends BuiltInKind<Event> {
  NewEventKind() {
    super("events.k8s.io", "Event", Event.getDefaultInstance(), Event::getMetadata);
  }

  /// Upstream speaks of the stored form here.
  @Override
  public ApiException invalid(String name, List<FieldError> errors) {
    return FieldError.toStatus("", "Event", name, errors);
  }

  @Override
  void validate(Event event, FieldErrors errors) {
    EventValidation.validate(event, errors);
  }

  @Override
  void validateUpdate(Event now, Event old, String subresource, FieldErrors errors) {
    EventValidation.validate(now, errors);
    EventValidation.validateUpdate(now, old, errors);
  }

  @Override
  public List<String> selectableFields() {
    return List.of(
        "metadata.name",
        "metadata.namespace",
        "type",
        "reason",
        "reportingController",
        "regarding.kind",
        "regarding.namespace",
        "regarding.name",
        "regarding.uid",
        "regarding.apiVersion",
        "regarding.resourceVersion",
        "regarding.fieldPath");
  }

  @Override
  public String selectableField(com.google.protobuf.Message object, String field) {
    Event event = cast(object);
    var regarding = event.getRegarding();
    return switch (field) {
      case "type" -> event.getType();
      case "reason" -> event.getReason();
      case "reportingController" -> event.getReportingController();
      case "regarding.kind" -> regarding.getKind();
      case "regarding.namespace" -> regarding.getNamespace();
      case "regarding.name" -> regarding.getName();
      case "regarding.uid" -> regarding.getUid();
      case "regarding.apiVersion" -> regarding.getApiVersion();
      case "regarding.resourceVersion" -> regarding.getResourceVersion();
      case "regarding.fieldPath" -> regarding.getFieldPath();
      default -> super.selectableField(object, field);
    };
  }
}
