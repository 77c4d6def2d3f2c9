package io.kemudi.simulation.replay;

import com.google.protobuf.CodedInputStream;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads replies that were recorded as bytes. Their values were not replaced by placeholders, so
/// what varies from run to run is masked on both sides.
final class BinaryForms {
  private static final Set<String> VARYING =
      Set.of(
          "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "time", "continue");

  private static final String MASK = "<varies>";

  private BinaryForms() {}

  /// The tree of a protobuf envelope, of JSON, of a line of JSON each, or else the text.
  static @Nullable Object tree(byte[] bytes) {
    try {
      return masked(Envelope.isEnvelope(bytes) ? envelope(bytes) : json(bytes));
    } catch (CodecException _) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /// The tree of a watch frame: a `meta.v1.WatchEvent` behind its length of four bytes.
  static @Nullable Object watchEvent(byte[] frame) throws IOException {
    var event = new LinkedHashMap<String, @Nullable Object>();
    CodedInputStream in = CodedInputStream.newInstance(frame, 4, frame.length - 4);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> event.put("type", in.readString());
        case 2 -> event.put("object", tree(rawExtension(in.readByteArray())));
        default -> in.skipField(tag);
      }
    }
    return event;
  }

  private static byte[] rawExtension(byte[] message) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    byte[] raw = {};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag >>> 3 == 1) {
        raw = in.readByteArray();
      } else {
        in.skipField(tag);
      }
    }
    return raw;
  }

  private static Object envelope(byte[] bytes) {
    Envelope envelope = Envelope.unwrap(bytes);
    MessageType type = Schema.findKind(envelope.apiVersion(), envelope.kind());
    if (type == null) {
      throw new CodecException("no kind " + envelope.apiVersion() + " " + envelope.kind());
    }
    return ProtobufCodec.decode(type, envelope.apiVersion(), envelope.kind(), envelope.raw());
  }

  private static @Nullable Object json(byte[] bytes) {
    try {
      return Json.parse(bytes);
    } catch (CodecException e) {
      var lines = new ArrayList<@Nullable Object>();
      for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
        lines.add(Json.parse(line.getBytes(StandardCharsets.UTF_8)));
      }
      if (lines.size() < 2) {
        throw e;
      }
      return lines;
    }
  }

  private static @Nullable Object masked(@Nullable Object tree) {
    return switch (tree) {
      case Map<?, ?> map -> {
        var copy = new LinkedHashMap<Object, @Nullable Object>();
        map.forEach((key, value) ->
            copy.put(
                key,
                VARYING.contains(key) && value instanceof String text && !text.isEmpty()
                    ? MASK
                    : masked(value)));
        yield copy;
      }
      case List<?> list -> {
        var copy = new ArrayList<@Nullable Object>();
        list.forEach(item -> copy.add(masked(item)));
        yield copy;
      }
      case null, default -> tree;
    };
  }
}
