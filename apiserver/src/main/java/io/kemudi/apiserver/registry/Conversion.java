package io.kemudi.apiserver.registry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Between a served version and the hub, on trees; pure, and both ways without loss for what either
/// version can say. May change and answer the tree it is given.
public interface Conversion {
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

  /// The one of a built-in row; [#NONE] where the row's bytes are those of the stored version.
  static Conversion of(ResourceRow row) {
    return switch (row.qualifiedResource() + "/" + row.version()) {
      case "events.events.k8s.io/v1" -> new EventConversion();
      case "horizontalpodautoscalers.autoscaling/v1" -> new AutoscalerConversion();
      default -> NONE;
    };
  }

  Map<String, @Nullable Object> toHub(Map<String, @Nullable Object> tree);

  Map<String, @Nullable Object> fromHub(Map<String, @Nullable Object> tree);
}
