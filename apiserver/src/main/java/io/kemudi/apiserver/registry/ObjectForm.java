package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.crd.CustomSchema;
import org.jspecify.annotations.Nullable;

/// What bytes are: the kind in a version. `messageType` is the schema's name of the protobuf
/// message, such as `core.v1.Pod`; objects of custom resources have one message for all
/// ([#CUSTOM]), and what is in them is told by `schema`.
public record ObjectForm(
    String apiVersion, String kind, String messageType, @Nullable CustomSchema schema) {
  /// Metadata as of any object, all else as JSON inside.
  public static final String CUSTOM = "custom.CustomObject";

  public ObjectForm(String apiVersion, String kind, String messageType) {
    this(apiVersion, kind, messageType, null);
  }

  /// Whether clients get it as JSON or YAML only, and lists show each item's kind.
  public boolean isCustom() {
    return messageType.equals(CUSTOM);
  }

  /// The form of an object whose content may be of another schema.
  public ObjectForm unsettled() {
    return new ObjectForm(apiVersion, kind, messageType);
  }

  /// Whether it says the same of an object as another form, whatever the schema.
  public boolean shows(ObjectForm other) {
    return apiVersion.equals(other.apiVersion)
        && kind.equals(other.kind)
        && messageType.equals(other.messageType);
  }
}
