package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.kinds.ResourceInfo;
import org.jspecify.annotations.Nullable;

/// One resource in one served version, as the server holds it. Built-in, custom and aggregated
/// resources are rows alike. The rows of one resource share a cache; they differ in their form.
///
/// @param custom what is known of a custom resource; null of all others
public record ResourceRow(ResourceInfo info, ObjectForm form, @Nullable CustomVersion custom) {
  public static ResourceRow of(ResourceInfo info) {
    return new ResourceRow(
        info, new ObjectForm(info.apiVersion(), info.kind(), info.messageType()), null);
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
