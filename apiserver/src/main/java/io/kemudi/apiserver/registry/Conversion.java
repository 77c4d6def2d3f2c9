package io.kemudi.apiserver.registry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Between a served version and the hub, on trees; pure, and both ways without loss for what either
/// version can say. May change and answer the tree it is given.
interface Conversion {
  Conversion NONE =
      new Conversion() {
        @Override
        public Map<String, @Nullable Object> toHub(Map<String, @Nullable Object> tree) {
          return tree;
        }

        @Override
        public Map<String, @Nullable Object> fromHub(Map<String, @Nullable Object> tree) {
          return tree;
        }
      };

  Map<String, @Nullable Object> toHub(Map<String, @Nullable Object> tree);

  Map<String, @Nullable Object> fromHub(Map<String, @Nullable Object> tree);
}
