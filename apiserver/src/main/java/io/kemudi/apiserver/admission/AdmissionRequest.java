package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.Target;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What admission is asked about: `object` in the version that is stored (for a deletion what is
/// deleted), which plugins may change, and `old` as it was (null for a creation).
///
/// @param revision the object's before the write, 0 for none
/// @param options of the request, as the API writes them
/// @param rounds what webhooks and policies remember between the two rounds of [AdmissionChain]
public record AdmissionRequest(
    RequestContext context,
    Operation operation,
    Target target,
    Map<String, @Nullable Object> object,
    @Nullable Map<String, @Nullable Object> old,
    boolean dryRun,
    long revision,
    Map<String, @Nullable Object> options,
    Rounds rounds) {
  /// `CONNECT` is a stream to something (exec and its like), with the options as object.
  public enum Operation {
    CREATE,
    UPDATE,
    DELETE,
    CONNECT
  }

  public AdmissionRequest(
      RequestContext context,
      Operation operation,
      Target target,
      Map<String, @Nullable Object> object,
      @Nullable Map<String, @Nullable Object> old,
      boolean dryRun) {
    this(context, operation, target, object, old, dryRun, 0, Map.of(), new Rounds());
  }

  public AdmissionRequest with(long revision, Map<String, @Nullable Object> options) {
    return new AdmissionRequest(
        context, operation, target, object, old, dryRun, revision, options, rounds);
  }

  /// Puts another object in the place of the one asked about.
  public void replace(Map<String, @Nullable Object> changed) {
    object.clear();
    object.putAll(changed);
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
