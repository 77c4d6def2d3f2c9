package io.kemudi.apimachinery.kinds;

import java.util.List;
import java.util.Map;

/// What is known of one resource in one served version: how discovery names it, and how and where
/// its objects are stored.
///
/// `keyPrefix` ends in a slash, so that no resource's keys start with another's; it is empty for
/// requests that are answered and not stored. `messageType` and `storedMessageType` are names of
/// the schema, such as `core.v1.Pod`.
public record ResourceInfo(
    String group,
    String version,
    String resource,
    String singular,
    String kind,
    String listKind,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    List<String> verbs,
    Map<String, Subresource> subresources,
    String keyPrefix,
    String storedApiVersion,
    String storedKind,
    String storedMediaType,
    String messageType,
    String storedMessageType,
    String storageVersionHash) {
  public static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
  public static final String JSON = "application/json";

  /// A part of an object with its own path: the kind that it speaks and the verbs it allows.
  public record Subresource(
      String name, String group, String version, String kind, List<String> verbs) {
    public Subresource {
      verbs = List.copyOf(verbs);
    }
  }

  public ResourceInfo {
    shortNames = List.copyOf(shortNames);
    categories = List.copyOf(categories);
    verbs = List.copyOf(verbs);
  }

  /// `v1` or `apps/v1`.
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  public boolean stored() {
    return !keyPrefix.isEmpty();
  }

  /// Whether this version is the one objects are stored in, so that no conversion is needed.
  public boolean isStorageVersion() {
    return apiVersion().equals(storedApiVersion);
  }

  public boolean hasSubresource(String name) {
    return subresources.containsKey(name);
  }

  /// The key of an object in the store; `namespace` is ignored for resources without namespaces.
  public String key(String namespace, String name) {
    return namespaced ? keyPrefix + namespace + "/" + name : keyPrefix + name;
  }
}
