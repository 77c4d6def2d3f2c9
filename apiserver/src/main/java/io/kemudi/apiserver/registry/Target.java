package io.kemudi.apiserver.registry;

/// What a request is about: a resource in one version, maybe a subresource ("" for none), a
/// namespace ("" for cluster-scoped resources, and for all namespaces in lists) and a name ("" for
/// the collection).
public record Target(ResourceRow row, String subresource, String namespace, String name) {
  public static Target collection(ResourceRow row, String namespace) {
    return new Target(row, "", namespace, "");
  }

  public static Target object(ResourceRow row, String namespace, String name) {
    return new Target(row, "", namespace, name);
  }

  public Target sub(String subresource) {
    return new Target(row, subresource, namespace, name);
  }

  public Target named(String name) {
    return new Target(row, subresource, namespace, name);
  }
}
