package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A kind whose defaults are all constants.
class ConstantKind<M extends Message> extends BuiltInKind<M> {
  private final ConstantDefaults defaults;

  ConstantKind(
      String group,
      String kind,
      M prototype,
      Function<M, ObjectMeta> metadata,
      boolean hasGeneration,
      List<String> defaults) {
    super(group, kind, prototype, metadata, hasGeneration);
    this.defaults = new ConstantDefaults(defaults.toArray(String[]::new));
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    defaults.apply(tree);
  }
}
