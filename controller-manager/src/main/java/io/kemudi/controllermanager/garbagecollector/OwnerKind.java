package io.kemudi.controllermanager.garbagecollector;

import io.kemudi.apimachinery.kinds.ResourceInfos;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.kubernetes.meta.v1.OwnerReference;

/// The kind that a reference to an owner names; `group` is "" for core.
record OwnerKind(String group, String version, String kind) {
  static OwnerKind of(OwnerReference owner) {
    int slash = owner.getApiVersion().indexOf('/');
    return new OwnerKind(
        slash < 0 ? "" : owner.getApiVersion().substring(0, slash),
        owner.getApiVersion().substring(slash + 1),
        owner.getKind());
  }

  boolean isBuiltIn() {
    return ResourceInfos.ofKind(group, version, kind).isPresent();
  }

  /// The same for all versions.
  String groupKind() {
    return groupKind(group, kind);
  }

  static String groupKind(String group, String kind) {
    return kind + "." + group;
  }

  static String groupKind(ResourceType<?> type) {
    return groupKind(type.group(), type.kind());
  }
}
