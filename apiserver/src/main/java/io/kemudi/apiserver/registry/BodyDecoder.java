package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.apply.ManagedFields;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.DecoderTexts;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.FieldValidation;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.apimachinery.crd.CustomSchema;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// From what a client sent to a tree of the expected kind: known fields only, of the right types,
/// with `kind` and `apiVersion`. Refuses in upstream's words where those are not Go's own.
final class BodyDecoder {
  private static final int MAX_SHOWN = 30;

  private BodyDecoder() {}

  static Map<String, @Nullable Object> decode(
      RequestContext context, ObjectForm form, Body body, String fieldValidation) {
    return switch (body.form()) {
      case JSON ->
          decodeText(
              context, form, body.bytes(), orNothing(parseJson(form, body)), fieldValidation);
      case YAML ->
          decodeText(
              context, form, body.bytes(), orNothing(parseYaml(form, body)), fieldValidation);
      case PROTOBUF -> decodeMessage(form, form, unwrap(form, body.bytes()));
      case MESSAGE -> decodeMessage(form, form, body.bytes());
    };
  }

  /// An applied configuration: only what its author wants, so that nothing may be filled in.
  ///
  /// @param duplicates what was said twice, one line each
  record Applied(Map<String, @Nullable Object> tree, List<String> duplicates) {
    /// Refuses or warns of what was said twice.
    void tell(RequestContext context, String fieldValidation) {
      if (duplicates.isEmpty() || fieldValidation.equals("Ignore")) {
        return;
      }
      if (fieldValidation.equals("Strict")) {
        throw ApiException.badRequest(
            "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  "
                + String.join("\n  ", duplicates));
      }
      duplicates.forEach(context::warn);
    }
  }

  /// Reads an applied configuration, JSON or YAML. That it fits the type is for the apply to say.
  static Applied decodeApplied(ObjectForm form, byte[] bytes) {
    Json.Parsed parsed;
    try {
      parsed = bytes.length > 0 && bytes[0] == '{' ? Json.parseStrict(bytes) : Yaml.parse(bytes);
    } catch (CodecException e) {
      throw ApiException.badRequest("error decoding YAML: " + e.getMessage());
    }
    Map<String, @Nullable Object> tree = Trees.objectOrNull(parsed.value());
    if (tree == null) {
      throw ApiException.badRequest(
          "error decoding YAML: got " + Trees.typeName(parsed.value()) + ", want an object");
    }
    String kind = Trees.string(tree, "kind");
    if (kind.isEmpty() || !kind.equals(form.kind())) {
      throw ApiException.badRequest(
          "invalid object type: " + GroupVersions.shown(Trees.string(tree, "apiVersion"), kind));
    }
    return new Applied(tree, parsed.duplicates());
  }

  /// A null, which is also what an empty YAML text says, is an object that says nothing.
  private static Json.Parsed orNothing(Json.Parsed parsed) {
    return parsed.value() == null
        ? new Json.Parsed(new LinkedHashMap<String, @Nullable Object>(), List.of())
        : parsed;
  }

  private static Json.Parsed parseJson(ObjectForm form, Body body) {
    try {
      return Json.parseStrict(body.bytes());
    } catch (CodecException e) {
      throw unrecognized(
          form, "couldn't get version/kind; json parse error: " + e.getMessage(), body.bytes());
    }
  }

  private static Json.Parsed parseYaml(ObjectForm form, Body body) {
    try {
      return Yaml.parse(body.bytes());
    } catch (CodecException e) {
      throw unrecognized(form, String.valueOf(e.getMessage()), body.bytes());
    }
  }

  private static byte[] unwrap(ObjectForm form, byte[] bytes) {
    if (bytes.length == 0) {
      throw unrecognized(form, "empty data", bytes);
    }
    Envelope envelope;
    try {
      envelope = Envelope.unwrap(bytes);
    } catch (CodecException e) {
      throw unrecognized(form, String.valueOf(e.getMessage()), bytes);
    }
    if (envelope.raw().length == 0 && envelope.kind().isEmpty()) {
      throw unrecognized(form, "empty body", bytes);
    }
    checkKind(form, envelope.apiVersion(), envelope.kind(), "");
    return envelope.raw();
  }

  private static Map<String, @Nullable Object> decodeText(
      RequestContext context,
      ObjectForm form,
      byte[] bytes,
      Json.Parsed parsed,
      String fieldValidation) {
    Map<String, @Nullable Object> tree = Trees.objectOrNull(parsed.value());
    if (tree == null) {
      throw unrecognized(form, DecoderTexts.noObject(parsed.value()), bytes);
    }
    checkText(form, tree, "apiVersion", bytes);
    checkText(form, tree, "kind", bytes);
    checkKind(
        form,
        Trees.string(tree, "apiVersion"),
        Trees.string(tree, "kind"),
        String.valueOf(Trees.at(tree, "metadata", "name")));
    MessageType type = Schema.message(form.messageType());
    Map<String, @Nullable Object> typed = typed(form, type, tree);
    validateFields(context, form, type, parsed, prune(form, typed), fieldValidation);
    return typed;
  }

  private static void checkText(
      ObjectForm form, Map<String, @Nullable Object> tree, String field, byte[] bytes) {
    Object value = tree.get(field);
    if (value != null && !(value instanceof String)) {
      throw unrecognized(
          form,
          "couldn't get version/kind; json parse error: json: cannot unmarshal "
              + Trees.typeName(value)
              + " into Go struct field ."
              + field
              + " of type string",
          bytes);
    }
  }

  /// A body may leave out its kind, its version or both, but not name others.
  private static void checkKind(ObjectForm form, String apiVersion, String kind, String name) {
    boolean sameVersion = apiVersion.isEmpty() || apiVersion.equals(form.apiVersion());
    if (form.isCustom() && sameVersion && !kind.isEmpty() && !kind.equals(form.kind())) {
      throw otherKind(form, kind, name);
    }
    if (!form.isCustom()) {
      BodyKinds.check(form, apiVersion, kind);
    } else if (!kind.isEmpty() && !kind.equals(form.kind()) || !sameVersion) {
      throw wrongKind(form, apiVersion, kind);
    }
  }

  private static ApiException otherKind(ObjectForm form, String kind, String name) {
    FieldErrors errors = new FieldErrors();
    errors.invalid(FieldPath.of("kind"), kind, "must be " + form.kind());
    String group = form.apiVersion().substring(0, form.apiVersion().indexOf('/'));
    return FieldError.toStatus(group, kind, name, errors.list());
  }

  private static ApiException wrongKind(ObjectForm form, String apiVersion, String kind) {
    if (!apiVersion.isEmpty() && !apiVersion.equals(form.apiVersion())) {
      return ApiException.badRequest(
          "the API version in the data ("
              + apiVersion
              + ") does not match the expected API version ("
              + form.apiVersion()
              + ")");
    }
    return ApiException.badRequest(
        kind
            + " in version \""
            + version(form)
            + "\" cannot be handled as a "
            + form.kind()
            + ": no kind \""
            + kind
            + "\" is expected here");
  }

  /// The tree with known fields of the right types only, which is what the functions of kinds take.
  /// Also what shows a client its wrong types.
  static Map<String, @Nullable Object> typed(
      ObjectForm form, MessageType type, Map<String, @Nullable Object> tree) {
    try {
      return fitted(form, type, tree);
    } catch (CodecException e) {
      throw cannotBeHandled(form, String.valueOf(e.getMessage()));
    }
  }

  /// Drops what the schema of a custom object does not know; the paths of what that was.
  static List<String> prune(ObjectForm form, Map<String, @Nullable Object> tree) {
    CustomSchema schema = form.schema();
    return schema == null ? List.of() : schema.prune(tree);
  }

  /// As [#typed].
  ///
  /// @throws CodecException telling what does not fit
  static Map<String, @Nullable Object> fitted(
      ObjectForm form, MessageType type, Map<String, @Nullable Object> tree) {
    byte[] bytes = ProtobufCodec.encode(type, tree);
    Map<String, @Nullable Object> typed =
        ProtobufCodec.decode(type, form.apiVersion(), form.kind(), bytes);
    ManagedFields.keepEmpty(typed, tree);
    return typed;
  }

  private static void validateFields(
      RequestContext context,
      ObjectForm form,
      MessageType type,
      Json.Parsed parsed,
      List<String> pruned,
      String fieldValidation) {
    if (fieldValidation.equals("Ignore")) {
      return;
    }
    List<String> problems = new ArrayList<>(FieldValidation.problems(type, parsed));
    pruned.forEach(path -> problems.add("unknown field \"" + path + "\""));
    if (problems.isEmpty()) {
      return;
    }
    if (fieldValidation.equals("Strict")) {
      throw cannotBeHandled(form, FieldValidation.strictError(problems));
    }
    problems.forEach(context::warn);
  }

  static Map<String, @Nullable Object> decodeMessage(
      ObjectForm form, ObjectForm as, byte[] message) {
    try {
      return ProtobufCodec.decode(
          Schema.message(form.messageType()), as.apiVersion(), as.kind(), message);
    } catch (CodecException e) {
      throw cannotBeHandled(form, String.valueOf(e.getMessage()));
    }
  }

  static ApiException cannotBeHandled(ObjectForm form, String why) {
    return ApiException.badRequest(
        form.kind()
            + " in version \""
            + version(form)
            + "\" cannot be handled as a "
            + form.kind()
            + ": "
            + why);
  }

  private static String version(ObjectForm form) {
    return form.apiVersion().substring(form.apiVersion().indexOf('/') + 1);
  }

  private static ApiException unrecognized(ObjectForm form, String why, byte[] bytes) {
    return ApiException.badRequest(
        "the object provided is unrecognized (must be of type "
            + form.kind()
            + "): "
            + why
            + " ("
            + summary(bytes)
            + ")");
  }

  /// The beginning of a body, as text when it looks like JSON and as hexadecimal otherwise.
  private static String summary(byte[] bytes) {
    if (bytes.length == 0) {
      return "<empty>";
    }
    byte[] shown = bytes.length > MAX_SHOWN ? Arrays.copyOf(bytes, MAX_SHOWN) : bytes;
    String text =
        bytes[0] == '{'
            ? new String(shown, StandardCharsets.UTF_8)
            : HexFormat.of().formatHex(shown);
    return bytes.length > MAX_SHOWN ? text + " ..." : text;
  }
}
