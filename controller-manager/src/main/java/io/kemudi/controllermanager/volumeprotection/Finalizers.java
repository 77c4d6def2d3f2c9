package io.kemudi.controllermanager.volumeprotection;

import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;

/// One finalizer among others.
final class Finalizers {
  private Finalizers() {}

  static void set(ObjectMeta.Builder meta, String finalizer, boolean present) {
    List<String> all = new ArrayList<>(meta.getFinalizersList());
    all.remove(finalizer);
    if (present) {
      all.add(finalizer);
    }
    meta.clearFinalizers().addAllFinalizers(all);
  }
}
