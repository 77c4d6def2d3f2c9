package io.kemudi.controllermanager.ownership;

import com.google.protobuf.Message;
import io.kemudi.client.informer.Informer;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import java.util.ArrayList;
import java.util.List;

/// An informer's objects by their controller, so that one owner's work does not grow with the
/// namespace: objects stand under their controller's uid, orphans under their namespace.
public final class OwnerIndex<T extends Message> {
  private static final String NAME = "controller";

  private final Informer<T> informer;

  /// Adds the index; before the informer starts. Several owners of one informer share it.
  public OwnerIndex(Informer<T> informer) {
    this.informer = informer;
    informer.addIndex(NAME, object -> List.of(entry(informer.type().metadata().apply(object))));
  }

  /// The objects that `owner` controls and the orphans of its namespace that it might adopt.
  public List<T> candidates(ObjectMeta owner) {
    var found = new ArrayList<>(informer.lister().byIndex(NAME, owner.getUid()));
    found.addAll(informer.lister().byIndex(NAME, orphans(owner.getNamespace())));
    return found;
  }

  private static String entry(ObjectMeta meta) {
    OwnerReference owner = ControllerRef.of(meta);
    return owner == null ? orphans(meta.getNamespace()) : owner.getUid();
  }

  /// A slash keeps it apart from every uid.
  private static String orphans(String namespace) {
    return "orphans/" + namespace;
  }
}
