package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.storage.ObjectStorage.Beside;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The plugins in order.
public final class AdmissionChain {
  public static final AdmissionChain NONE = new AdmissionChain(List.of());

  private final List<AdmissionPlugin> plugins;

  public AdmissionChain(List<AdmissionPlugin> plugins) {
    this.plugins = List.copyOf(plugins);
  }

  /// The mutating phase: every plugin once, and all once more when one that others have to follow
  /// changed the object.
  public void admit(AdmissionRequest request) {
    boolean again = false;
    for (AdmissionPlugin plugin : plugins) {
      if (plugin.reinvokes()) {
        Map<String, @Nullable Object> before = Trees.copyObject(request.object());
        plugin.admit(request);
        again |= !before.equals(request.object());
      } else {
        plugin.admit(request);
      }
    }
    if (again) {
      plugins.forEach(plugin -> plugin.readmit(request));
    }
  }

  /// The validating phase, of the object as it will be stored.
  public void validate(AdmissionRequest request) {
    for (AdmissionPlugin plugin : plugins) {
      plugin.validate(request);
    }
  }

  /// What all plugins want to have written with the object.
  public Beside beside(AdmissionRequest request) {
    Beside all = Beside.NOTHING;
    for (AdmissionPlugin plugin : plugins) {
      all = all.and(plugin.beside(request));
    }
    return all;
  }
}
