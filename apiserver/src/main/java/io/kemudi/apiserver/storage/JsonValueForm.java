package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.schema.MessageType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Values that upstream stores as JSON although the API speaks protobuf too (APIService,
/// CustomResourceDefinition): JSON in the store, messages in the cache.
final class JsonValueForm implements ValueForm {
  private final String apiVersion;
  private final String kind;
  private final MessageType type;
  private final UnaryOperator<Map<String, @Nullable Object>> toHub;
  private final UnaryOperator<Map<String, @Nullable Object>> fromHub;

  JsonValueForm(
      String apiVersion,
      String kind,
      MessageType type,
      UnaryOperator<Map<String, @Nullable Object>> toHub,
      UnaryOperator<Map<String, @Nullable Object>> fromHub) {
    this.apiVersion = apiVersion;
    this.kind = kind;
    this.type = type;
    this.toHub = toHub;
    this.fromHub = fromHub;
  }

  @Override
  public byte[] toMessage(byte[] value) {
    if (Envelope.isEnvelope(value)) {
      return Envelope.unwrap(value).raw();
    }
    try {
      return ProtobufCodec.encode(type, toHub.apply(Json.parseObject(value)));
    } catch (CodecException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public byte[] toValue(byte[] message) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("kind", kind);
    tree.put("apiVersion", apiVersion);
    tree.putAll(fromHub.apply(ProtobufCodec.decode(type, message)));
    Trees.child(tree, "metadata").remove("resourceVersion");
    byte[] json = Json.write(tree);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }
}
