package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.Target;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Objects live in namespaces that exist, none begins in one that is going, and those that the
/// system needs stay.
final class NamespaceLifecycle implements AdmissionPlugin {
  private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");

  /// How many deleted namespaces are remembered; the longest unused is forgotten.
  private static final int REMEMBERED = 256;

  private final ObjectReader objects;

  /// Namespaces that this server was asked to delete. The cache may lag behind the deletion, so for
  /// these the store is asked: nothing is created behind a deletion that was acknowledged here.
  private final Set<String> deleted =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > REMEMBERED;
                }
              }));

  NamespaceLifecycle(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "NamespaceLifecycle";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (request.operation() == Operation.CREATE && request.target().row().namespaced()) {
      requireLiving(request);
    }
  }

  @Override
  public void validate(AdmissionRequest request) {
    Target target = request.target();
    if (request.operation() == Operation.DELETE
        && target.row().qualifiedResource().equals("namespaces")
        && IMMORTAL.contains(target.name())) {
      throw request.forbidden("this namespace may not be deleted");
    }
    if (request.operation() == Operation.DELETE
        && target.row().qualifiedResource().equals("namespaces")) {
      deleted.add(target.name());
    }
  }

  private void requireLiving(AdmissionRequest request) {
    String name = request.target().namespace();
    Map<String, @Nullable Object> namespace =
        deleted.contains(name) ? null : objects.cached("namespaces", "", name);
    if (namespace == null) {
      namespace = objects.latest("namespaces", "", name);
    }
    if (namespace == null) {
      throw ApiException.notFound("", "namespaces", name);
    }
    if (Meta.isDeleting(namespace)
        || "Terminating".equals(Trees.at(namespace, "status", "phase"))) {
      throw terminating(request.target());
    }
  }

  private static ApiException terminating(Target target) {
    ResourceRow row = target.row();
    String namespace = target.namespace();
    StatusDetails details =
        StatusDetails.of(row.group(), row.resource(), target.name())
            .withCauses(
                List.of(
                    new StatusCause(
                        "NamespaceTerminating",
                        "namespace " + namespace + " is being terminated",
                        "metadata.namespace")));
    return new ApiException(
        StatusReason.FORBIDDEN,
        row.qualifiedResource()
            + " \""
            + target.name()
            + "\" is forbidden: unable to create new content in namespace "
            + namespace
            + " because it is being terminated",
        details);
  }
}
