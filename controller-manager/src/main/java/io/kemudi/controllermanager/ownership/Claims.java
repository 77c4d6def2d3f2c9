package io.kemudi.controllermanager.ownership;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Decides which objects a controller's object owns: those that name it as their controller, plus
/// orphans that its selector matches (adopted), less those whose labels no longer match (released).
/// Adoption and release are patches guarded by the uid, so that two owners cannot both win.
public final class Claims<T extends Message> {
  private final ApiClient client;
  private final ResourceType<T> type;
  private final String ownerApiVersion;
  private final String ownerKind;

  public Claims(ApiClient client, ResourceType<T> type, String ownerApiVersion, String ownerKind) {
    this.client = client;
    this.type = type;
    this.ownerApiVersion = ownerApiVersion;
    this.ownerKind = ownerKind;
  }

  /// What `owner` owns among `candidates` (objects of its namespace) after adoption and release. An
  /// owner that is being deleted adopts nothing.
  public List<T> claim(
      ObjectMeta owner, Predicate<Map<String, String>> selector, List<T> candidates) {
    var claimed = new ArrayList<T>();
    for (T object : candidates) {
      ObjectMeta meta = type.metadata().apply(object);
      OwnerReference controller = ControllerRef.of(meta);
      boolean matches = selector.test(meta.getLabelsMap());
      if (controller != null) {
        if (controller.getUid().equals(owner.getUid())) {
          if (matches || owner.hasDeletionTimestamp()) {
            claimed.add(object);
          } else {
            release(owner, meta);
          }
        }
      } else if (matches && !owner.hasDeletionTimestamp() && !meta.hasDeletionTimestamp()) {
        T adopted = adopt(owner, meta);
        if (adopted != null) {
          claimed.add(adopted);
        }
      }
    }
    return claimed;
  }

  private @org.jspecify.annotations.Nullable T adopt(ObjectMeta owner, ObjectMeta object) {
    String patch =
        """
        {"metadata":{"uid":"%s","ownerReferences":[{"apiVersion":"%s","kind":"%s","name":"%s",\
        "uid":"%s","controller":true,"blockOwnerDeletion":true}]}}\
        """
            .formatted(
                object.getUid(), ownerApiVersion, ownerKind, owner.getName(), owner.getUid());
    return patch(object, patch);
  }

  private void release(ObjectMeta owner, ObjectMeta object) {
    String patch =
        """
        {"metadata":{"uid":"%s","ownerReferences":[{"$patch":"delete","uid":"%s"}]}}\
        """
            .formatted(object.getUid(), owner.getUid());
    patch(object, patch);
  }

  /// Null when the object is gone or is another one by now: both mean that there is nothing to own.
  private @org.jspecify.annotations.Nullable T patch(ObjectMeta object, String patch) {
    try {
      return client.patch(
          type,
          object.getNamespace(),
          object.getName(),
          "",
          Patch.strategic(patch),
          WriteOptions.NONE);
    } catch (ApiException e) {
      if (e.is(StatusReason.NOT_FOUND)
          || e.is(StatusReason.INVALID)
          || e.is(StatusReason.CONFLICT)) {
        return null;
      }
      throw e;
    }
  }
}
