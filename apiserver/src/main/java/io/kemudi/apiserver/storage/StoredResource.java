package io.kemudi.apiserver.storage;

import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.store.KeyValue;

/// Where and how the objects of one resource are stored: their keys (`prefix[namespace/]name`), the
/// form of their values, and the form in which they are cached (the hub's). Immutable.
public final class StoredResource {
  private final String keyPrefix;
  private final boolean namespaced;
  private final ObjectForm hub;
  private final ValueForm form;
  private final Transformer transformer;

  /// @param keyPrefix ends in a slash, so that no resource's keys are another's
  public StoredResource(
      String keyPrefix,
      boolean namespaced,
      ObjectForm hub,
      ValueForm form,
      Transformer transformer) {
    this.keyPrefix = keyPrefix;
    this.namespaced = namespaced;
    this.hub = hub;
    this.form = form;
    this.transformer = transformer;
  }

  public String keyPrefix() {
    return keyPrefix;
  }

  public boolean namespaced() {
    return namespaced;
  }

  public ObjectForm hub() {
    return hub;
  }

  public String key(String namespace, String name) {
    return namespaced ? keyPrefix + namespace + "/" + name : keyPrefix + name;
  }

  /// What stands behind the prefix, under which the cache knows the object.
  String cacheKey(String key) {
    return key.substring(keyPrefix.length());
  }

  /// @throws IllegalArgumentException when the stored value cannot be read, naming its key
  public StoredObject read(KeyValue pair) {
    return read(pair.key(), pair.value(), pair.modRevision());
  }

  StoredObject read(String key, byte[] value, long revision) {
    try {
      byte[] message = form.toMessage(transformer.fromStored(key, value).bytes());
      return object(key, message, revision);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("reading " + key + ": " + e.getMessage(), e);
    }
  }

  private StoredObject object(String key, byte[] message, long revision) {
    int slash = namespaced ? key.indexOf('/', keyPrefix.length()) : keyPrefix.length() - 1;
    if (slash < 0) {
      throw new IllegalArgumentException("the key has no namespace");
    }
    String namespace = namespaced ? key.substring(keyPrefix.length(), slash).intern() : "";
    return new StoredObject(
        hub,
        namespace,
        key.substring(slash + 1),
        ObjectBytes.withRevision(message, revision),
        revision);
  }

  /// The value to store for a hub message without a resourceVersion.
  public byte[] write(String key, byte[] message) {
    return transformer.toStored(key, form.toValue(message));
  }
}
