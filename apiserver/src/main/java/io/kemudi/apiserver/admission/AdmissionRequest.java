package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.Target;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What admission is asked about: `object` in the version that is stored (empty for a deletion),
/// which plugins may change, and `old` as it was (null for a creation).
public record AdmissionRequest(
    RequestContext context,
    Operation operation,
    Target target,
    Map<String, @Nullable Object> object,
    @Nullable Map<String, @Nullable Object> old,
    boolean dryRun) {
  public enum Operation {
    CREATE,
    UPDATE,
    DELETE
  }

  public boolean isCreateOf(String group, String resource) {
    return operation == Operation.CREATE
        && target.subresource().isEmpty()
        && target.row().resource().equals(resource)
        && target.row().group().equals(group);
  }

  public boolean isUpdateOf(String group, String resource) {
    return operation == Operation.UPDATE
        && target.subresource().isEmpty()
        && target.row().resource().equals(resource)
        && target.row().group().equals(group);
  }

  /// Whether it is about this resource, or one of its subresources.
  public boolean isOf(String group, String resource) {
    return target.row().resource().equals(resource) && target.row().group().equals(group);
  }

  /// `pods "a" is forbidden: why`.
  public ApiException forbidden(String why) {
    return forbidden(target, why);
  }

  public static ApiException forbidden(Target target, String why) {
    return new ApiException(
        StatusReason.FORBIDDEN,
        target.row().qualifiedResource() + " \"" + target.name() + "\" is forbidden: " + why,
        StatusDetails.of(target.row().group(), target.row().resource(), target.name()));
  }
}
