package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.store.Store;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// How built-in resources are stored: from their facts to a storage.
public final class StoredResources {
  private StoredResources() {}

  public static StoredResource of(
      ResourceInfo info,
      ObjectForm hub,
      Transformer transformer,
      UnaryOperator<byte[]> normalizer) {
    return new StoredResource(
        info.keyPrefix(), info.namespaced(), hub, form(info, hub), transformer, normalizer);
  }

  private static ValueForm form(ResourceInfo info, ObjectForm hub) {
    if (!info.storedMediaType().equals(ResourceInfo.JSON)) {
      return ValueForm.protobuf(info.storedApiVersion(), info.storedKind());
    }
    boolean definition = info.storedKind().equals("CustomResourceDefinition");
    return new JsonValueForm(
        info.storedApiVersion(),
        info.storedKind(),
        Schema.message(hub.messageType()),
        definition ? DefinitionForm::toHub : UnaryOperator.identity(),
        definition ? DefinitionForm::fromHub : UnaryOperator.identity());
  }

  /// A storage with its cache, fed by `feed`.
  public static ObjectStorage open(
      Store store,
      CacheFeed feed,
      StoredResource resource,
      @Nullable Function<StoredObject, String> index) {
    WatchCache cache =
        new WatchCache(
            resource.keyPrefix(), resource.namespaced(), index, WatchCache.Limits.DEFAULT);
    feed.add(resource, cache);
    return new ObjectStorage(store, resource, cache, feed);
  }
}
