package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a body says that it is against what is wanted. A body may leave out its kind, its version
/// or both. Refuses in the words of upstream, whose decoder first looks a kind up among all it
/// knows and then tries to convert it.
final class BodyKinds {
  /// Versions that are served no more, and that upstream's decoder still knows.
  private static final Set<String> REMOVED =
      Set.of(
          "extensions/v1beta1",
          "apps/v1beta1",
          "apps/v1beta2",
          "autoscaling/v2beta1",
          "autoscaling/v2beta2",
          "batch/v1beta1",
          "policy/v1beta1",
          "networking.k8s.io/v1beta1",
          "rbac.authorization.k8s.io/v1alpha1",
          "rbac.authorization.k8s.io/v1beta1",
          "scheduling.k8s.io/v1beta1",
          "storage.k8s.io/v1beta1");

  private BodyKinds() {}

  static void check(ObjectForm wanted, String apiVersion, String kind) {
    String version = apiVersion.isEmpty() ? wanted.apiVersion() : apiVersion;
    String name = kind.isEmpty() ? wanted.kind() : kind;
    String problem = problem(wanted, version, name);
    if (problem == null) {
      return;
    }
    if (isOtherVersion(wanted, version, name)) {
      throw ApiException.badRequest(
          "the API version in the data ("
              + version
              + ") does not match the expected API version ("
              + wanted.apiVersion()
              + ")");
    }
    throw ApiException.badRequest(
        name
            + " in version \""
            + version.substring(version.indexOf('/') + 1)
            + "\" cannot be handled as a "
            + wanted.kind()
            + ": "
            + problem);
  }

  /// Why something of this version and kind is not what is wanted; null when it is.
  static @Nullable String problem(ObjectForm wanted, String apiVersion, String kind) {
    if (kind.equals(wanted.kind()) && apiVersion.equals(wanted.apiVersion())) {
      return null;
    }
    if (!isKnown(apiVersion, kind)) {
      return "no kind \""
          + kind
          + "\" is registered for version \""
          + apiVersion
          + "\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"";
    }
    return "converting (%s.%s) to (%s.%s): unknown conversion"
        .formatted(
            apiVersion.substring(apiVersion.indexOf('/') + 1),
            kind,
            internalPackage(wanted.apiVersion()),
            wanted.kind());
  }

  private static boolean isOtherVersion(ObjectForm wanted, String apiVersion, String kind) {
    boolean known =
        isKnown(apiVersion, kind) && group(apiVersion).equals(group(wanted.apiVersion()));
    return kind.equals(wanted.kind()) && (known || REMOVED.contains(apiVersion));
  }

  private static boolean isKnown(String apiVersion, String kind) {
    MessageType type = Schema.findKind(apiVersion, kind);
    boolean list = apiVersion.equals("v1") && kind.equals("List");
    return list || type != null && type.hasTypeMeta();
  }

  private static String group(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  /// The Go package of a group's own types.
  private static String internalPackage(String apiVersion) {
    String group = group(apiVersion);
    int dot = group.indexOf('.');
    return group.isEmpty() ? "core" : dot < 0 ? group : group.substring(0, dot);
  }
}
