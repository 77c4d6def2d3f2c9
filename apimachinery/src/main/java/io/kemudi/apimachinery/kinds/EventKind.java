package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.core.v1.Event;
import java.util.List;

/// Event of the core group. It is the stored form of both groups' events.
final class EventKind extends BuiltInKind<Event> {
  EventKind() {
    super("", "Event", Event.getDefaultInstance(), Event::getMetadata);
  }

  @Override
  void validate(Event event, FieldErrors errors) {
    EventValidation.validate(event, errors);
  }

  @Override
  void validateUpdate(Event event, Event old, String subresource, FieldErrors errors) {
    EventValidation.validate(event, errors);
  }

  @Override
  public List<String> selectableFields() {
    return List.of(
        "metadata.name",
        "metadata.namespace",
        "type",
        "reason",
        "source",
        "reportingComponent",
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath");
  }

  @Override
  public String selectableField(com.google.protobuf.Message object, String field) {
    Event event = cast(object);
    var involved = event.getInvolvedObject();
    return switch (field) {
      case "type" -> event.getType();
      case "reason" -> event.getReason();
      case "source" ->
          event.getSource().getComponent().isEmpty()
              ? event.getReportingComponent()
              : event.getSource().getComponent();
      case "reportingComponent" -> event.getReportingComponent();
      case "involvedObject.kind" -> involved.getKind();
      case "involvedObject.namespace" -> involved.getNamespace();
      case "involvedObject.name" -> involved.getName();
      case "involvedObject.uid" -> involved.getUid();
      case "involvedObject.apiVersion" -> involved.getApiVersion();
      case "involvedObject.resourceVersion" -> involved.getResourceVersion();
      case "involvedObject.fieldPath" -> involved.getFieldPath();
      default -> super.selectableField(object, field);
    };
  }
}
