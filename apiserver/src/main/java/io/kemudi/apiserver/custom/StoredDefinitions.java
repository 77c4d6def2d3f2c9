package io.kemudi.apiserver.custom;

import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.storage.StoredResource;
import io.kemudi.apiserver.storage.StoredResources;
import io.kemudi.apiserver.storage.Transformer;
import io.kemudi.store.KeyValue;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.RangeResult;
import io.kemudi.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The definitions as the store has them, for a server that has no caches yet.
public final class StoredDefinitions {
  private static final Logger log = LoggerFactory.getLogger(StoredDefinitions.class);
  private static final int PAGE = 200;

  private StoredDefinitions() {}

  /// Blocks while the store is read. What cannot be read is left out, as the cache leaves it out.
  ///
  /// @throws io.kemudi.store.StoreException when the store does not answer
  public static List<StoredObject> read(Store store, ResourceRow row, Transformer transformer) {
    StoredResource resource =
        StoredResources.of(row.info(), row.form(), transformer, UnaryOperator.identity());
    List<StoredObject> all = new ArrayList<>();
    RangeRequest request = RangeRequest.prefix(resource.keyPrefix()).limit(PAGE);
    for (boolean more = true; more; ) {
      RangeResult page = store.range(request);
      for (KeyValue pair : page.pairs()) {
        try {
          all.add(resource.read(pair));
        } catch (IllegalArgumentException e) {
          log.error("a definition is left out: {}", e.getMessage());
        }
      }
      more = page.more();
      if (more) {
        request = request.from(page.pairs().getLast().key() + '\0');
      }
    }
    return all;
  }
}
