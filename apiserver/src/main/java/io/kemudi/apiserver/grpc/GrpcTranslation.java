package io.kemudi.apiserver.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.DeleteOptions;
import io.kemudi.apiserver.registry.ListOptions;
import io.kemudi.apiserver.registry.Patch;
import io.kemudi.apiserver.registry.Reply;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.ResourceTable;
import io.kemudi.apiserver.registry.Statuses;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.apiserver.storage.ObjectBytes;
import io.kemudi.cluster.v1.BatchResult;
import io.kemudi.cluster.v1.DeleteRequest;
import io.kemudi.cluster.v1.Failure;
import io.kemudi.cluster.v1.Form;
import io.kemudi.cluster.v1.ListRequest;
import io.kemudi.cluster.v1.ObjectReply;
import io.kemudi.cluster.v1.PatchRequest;
import io.kemudi.cluster.v1.Preconditions;
import io.kemudi.cluster.v1.ResourceName;
import io.kemudi.cluster.v1.WriteRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Between the messages of our gRPC API and the registry's.
final class GrpcTranslation {
  private static final Metadata.Key<byte[]> STATUS =
      Metadata.Key.of("kemudi-status-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private GrpcTranslation() {}

  static Target target(ResourceTable resources, ResourceName name) {
    ResourceRow row =
        resources
            .find(name.getGroup(), name.getVersion(), name.getResource())
            .orElseThrow(() ->
                new ApiException(
                    StatusReason.NOT_FOUND, "the server could not find the requested resource"));
    if (!name.getSubresource().isEmpty() && !row.info().hasSubresource(name.getSubresource())) {
      throw new ApiException(
          StatusReason.NOT_FOUND, "the server could not find the requested resource");
    }
    if (!row.namespaced() && !name.getNamespace().isEmpty()) {
      throw ApiException.badRequest(row.qualifiedResource() + " have no namespaces");
    }
    return new Target(row, name.getSubresource(), name.getNamespace(), name.getName());
  }

  static ListOptions listOptions(ListRequest request) {
    return new ListOptions(
        request.getLabelSelector(),
        request.getFieldSelector(),
        request.getResourceVersion(),
        request.getResourceVersionMatch(),
        request.getLimit(),
        request.getContinue());
  }

  static WriteOptions writeOptions(io.kemudi.cluster.v1.WriteOptions options) {
    return new WriteOptions(
        options.getDryRun(), options.getFieldManager(), options.getFieldValidation());
  }

  /// Custom objects have no message that clients know: they are read as metadata, which is the same
  /// for every object.
  static void requireReadable(Target target, Form form) {
    if (form != Form.FORM_METADATA && isCustomObject(target)) {
      throw new ApiException(
          StatusReason.NOT_ACCEPTABLE,
          target.row().qualifiedResource()
              + " are custom resources: over gRPC they are read as metadata only");
    }
  }

  private static boolean isCustomObject(Target target) {
    return target.row().custom() != null && !target.subresource().equals("scale");
  }

  static Body body(Target target, WriteRequest request) {
    Body body = body(request);
    boolean text = body.form() == Body.Form.JSON || body.form() == Body.Form.YAML;
    if (!text && isCustomObject(target)) {
      throw new ApiException(
          StatusReason.UNSUPPORTED_MEDIA_TYPE,
          target.row().qualifiedResource()
              + " are custom resources: over gRPC they are written as application/json or"
              + " application/yaml");
    }
    return body;
  }

  private static Body body(WriteRequest request) {
    Body.Form form =
        switch (request.getMediaType()) {
          case "" -> Body.Form.MESSAGE;
          case "application/json" -> Body.Form.JSON;
          case "application/yaml" -> Body.Form.YAML;
          case "application/vnd.kubernetes.protobuf" -> Body.Form.PROTOBUF;
          default ->
              throw new ApiException(
                  StatusReason.UNSUPPORTED_MEDIA_TYPE,
                  "the media type " + request.getMediaType() + " is not supported");
        };
    return new Body(form, request.getObject().toByteArray());
  }

  static Patch patch(PatchRequest request) {
    for (Patch.Type type : Patch.Type.values()) {
      if (type.mediaType().equals(request.getPatchType())) {
        return new Patch(type, request.getPatch().toByteArray(), request.getForce());
      }
    }
    throw new ApiException(
        StatusReason.UNSUPPORTED_MEDIA_TYPE,
        "the patch type " + request.getPatchType() + " is not supported");
  }

  static DeleteOptions deleteOptions(DeleteRequest request) {
    Preconditions preconditions = request.getPreconditions();
    return new DeleteOptions(
        request.hasGracePeriodSeconds() ? request.getGracePeriodSeconds() : null,
        orNull(request.getPropagationPolicy()),
        null,
        preconditions.hasUid() ? preconditions.getUid() : null,
        preconditions.hasResourceVersion() ? preconditions.getResourceVersion() : null,
        request.getDryRun());
  }

  static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  static ByteString bytes(StoredObject object, Form form) {
    return UnsafeByteOperations.unsafeWrap(
        form == Form.FORM_METADATA ? ObjectBytes.metadataOnly(object.bytes()) : object.bytes());
  }

  static ObjectReply reply(StoredObject object, Form form, List<String> warnings) {
    return ObjectReply.newBuilder()
        .setObject(bytes(object, form))
        .setRevision(object.revision())
        .addAllWarnings(warnings)
        .build();
  }

  /// What a write left, of custom objects their metadata.
  static ObjectReply written(Reply reply, List<String> warnings) {
    boolean custom = reply.object().form().isCustom();
    return reply(reply.object(), custom ? Form.FORM_METADATA : Form.FORM_OBJECT, warnings);
  }

  static BatchResult result(Reply reply) {
    return BatchResult.newBuilder().setObject(written(reply, List.of())).build();
  }

  static BatchResult failure(ApiException refusal) {
    return BatchResult.newBuilder()
        .setFailure(Failure.newBuilder().setStatus(Statuses.of(refusal).toByteString()))
        .build();
  }

  /// A refusal as a failed call: the nearest code of gRPC, and the whole Status in a trailer.
  static StatusRuntimeException toGrpc(ApiException refusal) {
    Metadata trailers = new Metadata();
    trailers.put(STATUS, Statuses.of(refusal).toByteArray());
    Status.Code code =
        switch (refusal.reason()) {
          case BAD_REQUEST, INVALID, NOT_ACCEPTABLE, UNSUPPORTED_MEDIA_TYPE ->
              Status.Code.INVALID_ARGUMENT;
          case REQUEST_ENTITY_TOO_LARGE, TOO_MANY_REQUESTS -> Status.Code.RESOURCE_EXHAUSTED;
          case UNAUTHORIZED -> Status.Code.UNAUTHENTICATED;
          case FORBIDDEN -> Status.Code.PERMISSION_DENIED;
          case NOT_FOUND -> Status.Code.NOT_FOUND;
          case METHOD_NOT_ALLOWED -> Status.Code.UNIMPLEMENTED;
          case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
          case CONFLICT -> Status.Code.ABORTED;
          case GONE, EXPIRED -> Status.Code.OUT_OF_RANGE;
          case SERVICE_UNAVAILABLE -> Status.Code.UNAVAILABLE;
          case TIMEOUT, SERVER_TIMEOUT -> Status.Code.DEADLINE_EXCEEDED;
          case UNKNOWN, INTERNAL_ERROR, STORE_READ_ERROR -> Status.Code.INTERNAL;
        };
    return code.toStatus().withDescription(refusal.text()).asRuntimeException(trailers);
  }
}
