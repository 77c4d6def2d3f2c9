package io.kemudi.apimachinery.resource;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.function.Function;

/// A resource that code reads and writes through messages of type `T`: where it is served (`group`
/// is "" for core), the kind of its objects, whether they live in namespaces, and how to parse and
/// name them. The messages carry no `apiVersion` and `kind`; this record does.
///
/// Two types are equal when they name the same resource in the same form.
public record ResourceType<T extends Message>(
    String group,
    String version,
    String resource,
    String kind,
    boolean namespaced,
    Parser<T> parser,
    Function<T, ObjectMeta> metadata) {

  /// `v1` or `apps/v1`.
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  public String name(T object) {
    return metadata.apply(object).getName();
  }

  public String namespace(T object) {
    return metadata.apply(object).getNamespace();
  }

  public ObjectKey key(T object) {
    ObjectMeta meta = metadata.apply(object);
    return new ObjectKey(meta.getNamespace(), meta.getName());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ResourceType<?> type
        && group.equals(type.group)
        && version.equals(type.version)
        && resource.equals(type.resource)
        && parser == type.parser;
  }

  @Override
  public int hashCode() {
    return (group.hashCode() * 31 + version.hashCode()) * 31 + resource.hashCode();
  }

  @Override
  public String toString() {
    return resource + "." + version + (group.isEmpty() ? "" : "." + group);
  }
}
