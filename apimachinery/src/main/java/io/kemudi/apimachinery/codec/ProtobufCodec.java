package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.MessageType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Trees to upstream's protobuf bytes and back, driven by the schema's tables.
///
/// Encoding gives the bytes that upstream's own encoder gives: fields ascending, plain values
/// always written, maps sorted. Decoding gives the tree of the JSON that upstream shows for the
/// bytes.
public final class ProtobufCodec {
  private ProtobufCodec() {}

  /// `kind` and `apiVersion` are left out, as the messages do not carry them; unknown keys are
  /// ignored, see [FieldValidation].
  ///
  /// @throws CodecException when a value has the wrong type, naming its path
  public static byte[] encode(MessageType type, Map<String, @Nullable Object> tree) {
    return new TreeEncoder().encode(type, tree);
  }

  /// The tree without `kind` and `apiVersion`.
  ///
  /// @throws CodecException when the bytes are malformed
  public static Map<String, @Nullable Object> decode(MessageType type, byte[] bytes) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    new TreeDecoder(bytes).decodeInto(tree, type);
    return tree;
  }

  /// The tree of a whole object, `kind` and `apiVersion` first.
  public static Map<String, @Nullable Object> decode(
      MessageType type, String apiVersion, String kind, byte[] bytes) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("kind", kind);
    tree.put("apiVersion", apiVersion);
    new TreeDecoder(bytes).decodeInto(tree, type);
    return tree;
  }

  /// The paths of keys that the type does not have, `spec.containers[0].foo`, in the tree's order.
  public static List<String> unknownFields(MessageType type, Map<String, @Nullable Object> tree) {
    return UnknownFields.of(type, tree, false).stream().map(UnknownFields.Found::path).toList();
  }
}
