package io.kemudi.apiserver.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.ObjectEvent;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Watch events as bytes on the wire. What many watchers see alike is encoded once and shared.
final class WatchFrames {
  private static final int JSON_SLOT = 0;
  private static final int PROTOBUF_SLOT = 1;
  private static final int PARTIAL_JSON_SLOT = 2;
  private static final int PARTIAL_PROTOBUF_SLOT = 3;

  private final ObjectForm form;
  private final Representation how;
  private final @Nullable Function<StoredObject, Map<String, @Nullable Object>> table;

  /// `form` is that of the watched objects, for bookmarks. `table` turns an object into a Table
  /// tree where the client asked for tables.
  WatchFrames(
      ObjectForm form,
      Representation how,
      @Nullable Function<StoredObject, Map<String, @Nullable Object>> table) {
    this.form = form;
    this.how = how;
    this.table = table;
  }

  byte[] frame(ObjectEvent event) {
    if (event.isBookmark()) {
      return encode("BOOKMARK", bookmark(event));
    }
    if (how.as() == Representation.As.TABLE) {
      return encode(event.type().name(), event.object());
    }
    boolean protobuf = how.encoding() == Representation.Encoding.PROTOBUF;
    boolean partial = how.as() == Representation.As.PARTIAL;
    int slot =
        partial
            ? (protobuf ? PARTIAL_PROTOBUF_SLOT : PARTIAL_JSON_SLOT)
            : (protobuf ? PROTOBUF_SLOT : JSON_SLOT);
    return event.shared(slot, each -> encode(each.type().name(), each.object()));
  }

  byte[] error(ApiException e) {
    return frame("ERROR", Statuses.of(e));
  }

  private byte[] encode(String type, StoredObject object) {
    if (table != null) {
      Map<String, @Nullable Object> event = new LinkedHashMap<>();
      event.put("type", type);
      event.put("object", table.apply(object));
      byte[] json = Json.write(event);
      byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
      line[json.length] = '\n';
      return line;
    }
    return frame(type, how.as() == Representation.As.PARTIAL ? ObjectText.partial(object) : object);
  }

  private byte[] frame(String type, StoredObject object) {
    return how.encoding() == Representation.Encoding.PROTOBUF
        ? protobuf(type, object)
        : json(type, ObjectText.json(object));
  }

  private static byte[] json(String type, byte[] object) {
    byte[] head = ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
    byte[] frame = new byte[head.length + object.length + 2];
    System.arraycopy(head, 0, frame, 0, head.length);
    System.arraycopy(object, 0, frame, head.length, object.length);
    frame[frame.length - 2] = '}';
    frame[frame.length - 1] = '\n';
    return frame;
  }

  /// Four bytes of length, then a `WatchEvent { type, RawExtension { raw: the enveloped object }
  /// }`.
  private static byte[] protobuf(String type, StoredObject object) {
    byte[] raw = Envelope.wrap(object.form().apiVersion(), object.form().kind(), object.bytes());
    int extension = 1 + CodedOutputStream.computeUInt32SizeNoTag(raw.length) + raw.length;
    int typeBytes = CodedOutputStream.computeStringSize(1, type);
    int total = typeBytes + 1 + CodedOutputStream.computeUInt32SizeNoTag(extension) + extension;
    ByteBuffer frame = ByteBuffer.allocate(4 + total).putInt(total);
    CodedOutputStream out = CodedOutputStream.newInstance(frame);
    try {
      out.writeString(1, type);
      out.writeTag(2, 2);
      out.writeUInt32NoTag(extension);
      out.writeByteArray(1, raw);
      out.flush();
    } catch (java.io.IOException e) {
      throw new IllegalStateException("a frame larger than was computed", e);
    }
    return frame.array();
  }

  /// An object of the watched kind with nothing in it but the revision.
  private StoredObject bookmark(ObjectEvent event) {
    boolean last = event.type() == ObjectEvent.Type.INITIAL_EVENTS_END;
    String revision = Long.toString(event.revision());
    ObjectMeta.Builder meta = ObjectMeta.newBuilder().setResourceVersion(revision);
    if (last) {
      meta.putAnnotations("k8s.io/initial-events-end", "true");
    }
    ByteString metadata = meta.build().toByteString();
    byte[] bytes = new byte[CodedOutputStream.computeBytesSize(1, metadata)];
    try {
      CodedOutputStream.newInstance(bytes).writeBytes(1, metadata);
    } catch (java.io.IOException e) {
      throw new IllegalStateException("an array of the computed size is too small", e);
    }
    return new StoredObject(form, "", "", bytes, event.revision());
  }
}
