package io.kemudi.apiserver.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.DecoderTexts;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.DeleteOptions;
import io.kemudi.apiserver.server.QueryParameters;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How to delete, from the body or, when there is none, from the query.
final class DeleteBodies {
  private DeleteBodies() {}

  static DeleteOptions read(ApiRequest request) throws IOException {
    return of(request.body(), request.query());
  }

  static DeleteOptions of(Body body, QueryParameters query) {
    return body.bytes().length == 0 ? fromQuery(query) : fromBody(body);
  }

  private static DeleteOptions fromQuery(QueryParameters query) {
    Long grace = query.number("gracePeriodSeconds");
    Boolean orphan = query.has("orphanDependents") ? query.flag("orphanDependents") : null;
    return new DeleteOptions(
        grace,
        query.firstOrNull("propagationPolicy"),
        orphan,
        null,
        null,
        dryRun("DeleteOptions", query.all("dryRun")));
  }

  private static DeleteOptions fromBody(Body body) {
    io.kemudi.kubernetes.meta.v1.DeleteOptions options;
    try {
      options = io.kemudi.kubernetes.meta.v1.DeleteOptions.parseFrom(message(body));
    } catch (InvalidProtocolBufferException e) {
      throw ApiException.badRequest("the body is no DeleteOptions: " + e.getMessage());
    } catch (CodecException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
    var preconditions = options.getPreconditions();
    return new DeleteOptions(
        options.hasGracePeriodSeconds() ? options.getGracePeriodSeconds() : null,
        options.hasPropagationPolicy() ? options.getPropagationPolicy() : null,
        options.hasOrphanDependents() ? options.getOrphanDependents() : null,
        preconditions.hasUid() ? preconditions.getUid() : null,
        preconditions.hasResourceVersion() ? preconditions.getResourceVersion() : null,
        dryRun("DeleteOptions", options.getDryRunList()));
  }

  private static byte[] message(Body body) {
    if (body.form() == Body.Form.PROTOBUF) {
      Envelope envelope = Envelope.unwrap(body.bytes());
      requireKind(envelope.kind(), envelope.apiVersion());
      return envelope.raw();
    }
    Map<String, @Nullable Object> tree =
        object(
            body.form() == Body.Form.YAML ? Yaml.parse(body.bytes()).value() : json(body.bytes()));
    requireKind(text(tree.get("kind")), text(tree.get("apiVersion")));
    return ProtobufCodec.encode(Schema.message("meta.v1.DeleteOptions"), tree);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    if (value == null) {
      return Map.of(); // no wishes
    }
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new CodecException(DecoderTexts.noObject(value));
  }

  private static @Nullable Object json(byte[] bytes) {
    try {
      return Json.parse(bytes);
    } catch (CodecException e) {
      throw new CodecException("couldn't get version/kind; json parse error: " + e.getMessage());
    }
  }

  /// Every group version knows DeleteOptions, so only the kind is looked at.
  private static void requireKind(String kind, String apiVersion) {
    if (!kind.isEmpty() && !kind.equals("DeleteOptions")) {
      throw ApiException.badRequest(
          "no kind \"%s\" is registered for version \"%s\" in scheme \"k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27\""
              .formatted(kind, apiVersion));
    }
  }

  /// Whether `dryRun` asks for one; `kind` is the options' for the refusal.
  static boolean dryRun(String kind, List<String> values) {
    if (values.isEmpty()) {
      return false;
    }
    if (values.stream().allMatch("All"::equals)) {
      return true;
    }
    String shown = "[\"" + String.join("\",\"", values) + "\"]";
    String message = "Unsupported value: " + shown + ": supported values: \"All\"";
    throw ApiException.invalid(
        "meta.k8s.io",
        kind,
        "",
        kind + ".meta.k8s.io \"\" is invalid: dryRun: " + message,
        List.of(new StatusCause("FieldValueNotSupported", message, "dryRun")));
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
