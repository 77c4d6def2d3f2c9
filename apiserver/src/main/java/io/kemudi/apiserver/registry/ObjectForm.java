package io.kemudi.apiserver.registry;

/// What bytes are: the kind in a version. `messageType` is the schema's name of the protobuf
/// message (such as `core.v1.Pod`); it is "" when the bytes are JSON (custom resources), which then
/// contains `apiVersion` and `kind` itself.
public record ObjectForm(String apiVersion, String kind, String messageType) {
  public boolean isJson() {
    return messageType.isEmpty();
  }
}
