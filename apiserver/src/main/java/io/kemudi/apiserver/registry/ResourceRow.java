package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.kinds.ResourceInfo;

/// One resource in one served version, as the server holds it. Built-in, custom and aggregated
/// resources are rows alike. The rows of one resource share a cache; they differ in their form.
public record ResourceRow(ResourceInfo info, ObjectForm form) {
  public static ResourceRow of(ResourceInfo info) {
    return new ResourceRow(
        info, new ObjectForm(info.apiVersion(), info.kind(), info.messageType()));
  }

  public String group() {
    return info.group();
  }

  public String version() {
    return info.version();
  }

  public String resource() {
    return info.resource();
  }

  public String kind() {
    return info.kind();
  }

  public boolean namespaced() {
    return info.namespaced();
  }

  /// `deployments.apps`, or `pods`.
  public String qualifiedResource() {
    return group().isEmpty() ? resource() : resource() + "." + group();
  }

  public boolean allows(String verb) {
    return info.verbs().contains(verb);
  }

  @Override
  public String toString() {
    return qualifiedResource() + " " + version();
  }
}
