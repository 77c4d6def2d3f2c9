package io.kemudi.apiserver.admission;

import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.storage.ObjectStorage.Beside;
import java.util.List;
import java.util.function.Consumer;

/// The plugins in order.
public final class AdmissionChain {
  public static final AdmissionChain NONE = new AdmissionChain(List.of());

  private final List<AdmissionPlugin> plugins;
  private final List<AdmissionPlugin> outside;

  public AdmissionChain(List<AdmissionPlugin> plugins) {
    this.plugins = List.copyOf(plugins);
    this.outside = this.plugins.stream().filter(AdmissionPlugin::isOutside).toList();
  }

  /// The mutating phase: every plugin once, and all once more when a webhook or a policy changed
  /// the object. A deletion and a stream have nothing that the server's own would change.
  public void admit(AdmissionRequest request) {
    if (request.operation() == Operation.DELETE || request.operation() == Operation.CONNECT) {
      admitOutside(request);
    } else if (isOutsidersForm(request)) {
      inRounds(request, plugins, outside);
    } else {
      inRounds(request, plugins, List.of());
    }
  }

  /// The mutating phase of webhooks and policies alone.
  public void admitOutside(AdmissionRequest request) {
    inRounds(request, outside, List.of());
  }

  private static void inRounds(
      AdmissionRequest request, List<AdmissionPlugin> plugins, List<AdmissionPlugin> without) {
    Consumer<AdmissionPlugin> admit =
        plugin -> {
          if (!without.contains(plugin)) {
            plugin.admit(request);
          }
        };
    plugins.forEach(admit);
    if (request.rounds().again()) {
      request.rounds().beginSecond();
      plugins.forEach(admit);
    }
  }

  /// A binding is shown to webhooks and policies as one, before it becomes a change of the pod.
  private static boolean isOutsidersForm(AdmissionRequest request) {
    return request.operation() == Operation.UPDATE
        && request.target().subresource().equals("binding");
  }

  /// The validating phase, of the object as it will be stored.
  public void validate(AdmissionRequest request) {
    for (AdmissionPlugin plugin : plugins) {
      if (!plugin.isOutside() || !isOutsidersForm(request)) {
        plugin.validate(request);
      }
    }
  }

  /// The validating phase of webhooks and policies alone.
  public void validateOutside(AdmissionRequest request) {
    for (AdmissionPlugin plugin : outside) {
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
