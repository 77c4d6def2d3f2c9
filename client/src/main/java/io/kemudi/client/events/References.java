package io.kemudi.client.events;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.kubernetes.core.v1.ObjectReference;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;

/// Makes references to objects.
public final class References {
  private References() {}

  public static <T extends Message> ObjectReference to(ResourceType<T> type, T object) {
    ObjectMeta meta = type.metadata().apply(object);
    return ObjectReference.newBuilder()
        .setKind(type.kind())
        .setApiVersion(type.apiVersion())
        .setNamespace(meta.getNamespace())
        .setName(meta.getName())
        .setUid(meta.getUid())
        .setResourceVersion(meta.getResourceVersion())
        .build();
  }
}
