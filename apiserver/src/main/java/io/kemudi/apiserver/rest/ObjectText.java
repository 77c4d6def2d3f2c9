package io.kemudi.apiserver.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.JsonOutput;
import io.kemudi.apimachinery.codec.JsonTranscoder;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One object in the encodings of the API.
public final class ObjectText {
  private static final ObjectForm PARTIAL =
      new ObjectForm("meta.k8s.io/v1", "PartialObjectMetadata", "meta.v1.PartialObjectMetadata");

  private ObjectText() {}

  /// The bytes of a whole answer, with the line break that upstream ends text with.
  static byte[] encode(StoredObject object, Representation how) {
    return switch (how.encoding()) {
      case JSON -> line(how.pretty() ? Json.indent(json(object)) : json(object));
      case YAML -> YamlText.write(tree(object));
      case PROTOBUF -> protobuf(object);
    };
  }

  /// Compact JSON without a line break.
  public static byte[] json(StoredObject object) {
    ObjectForm form = object.form();
    return JsonTranscoder.toJson(
        Schema.message(form.messageType()), form.apiVersion(), form.kind(), object.bytes());
  }

  /// @throws ApiException NOT_ACCEPTABLE for custom resources, so that clients fall back to JSON
  static byte[] protobuf(StoredObject object) {
    ObjectForm form = object.form();
    if (form.isCustom()) {
      throw noProtobuf();
    }
    return Envelope.wrap(form.apiVersion(), form.kind(), object.bytes());
  }

  static ApiException noProtobuf() {
    return new ApiException(
        StatusReason.NOT_ACCEPTABLE,
        "only the following media types are accepted: application/json, application/yaml");
  }

  static Map<String, @Nullable Object> tree(StoredObject object) {
    ObjectForm form = object.form();
    return ProtobufCodec.decode(
        Schema.message(form.messageType()), form.apiVersion(), form.kind(), object.bytes());
  }

  /// The object's metadata alone, as a `PartialObjectMetadata`.
  static StoredObject partial(StoredObject object) {
    byte[] bytes = metadataOnly(object.bytes());
    return new StoredObject(PARTIAL, object.namespace(), object.name(), bytes, object.revision());
  }

  /// Field 1 of every kind is its metadata; it may occur twice (the revision is spliced in).
  private static byte[] metadataOnly(byte[] message) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(message);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == (1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
          ByteString metadata = in.readBytes();
          out.writeBytes(1, metadata);
        } else {
          in.skipField(tag);
        }
      }
      out.flush();
      return bytes.toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an unreadable object in the cache", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Appends the object to a JSON text as an element of a list.
  static void item(StoredObject object, boolean typedList, JsonTranscoder to, JsonOutput out) {
    ObjectForm form = object.form();
    if (typedList) {
      to.item(Schema.message(form.messageType()), object.bytes());
    } else {
      to.object(Schema.message(form.messageType()), form.apiVersion(), form.kind(), object.bytes());
    }
  }

  private static byte[] line(byte[] json) {
    byte[] ended = java.util.Arrays.copyOf(json, json.length + 1);
    ended[json.length] = '\n';
    return ended;
  }
}
