package io.kemudi.client.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// What an API server puts around a protobuf message: four magic bytes, then a `runtime.Unknown`
/// whose field 1 is the type (1 `apiVersion`, 2 `kind`) and field 2 the message.
final class Envelope {
  private static final ByteString MAGIC = ByteString.copyFrom("k8s\0", StandardCharsets.ISO_8859_1);
  private static final int TYPE = 1;
  private static final int RAW = 2;

  private Envelope() {}

  static byte[] wrap(String apiVersion, String kind, ByteString message) {
    try {
      var type = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(type);
      out.writeString(1, apiVersion);
      out.writeString(2, kind);
      out.flush();
      var all = new ByteArrayOutputStream(message.size() + 64);
      MAGIC.writeTo(all);
      out = CodedOutputStream.newInstance(all);
      out.writeByteArray(TYPE, type.toByteArray());
      out.writeBytes(RAW, message);
      out.flush();
      return all.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
  }

  static boolean isOne(ByteString bytes) {
    return bytes.startsWith(MAGIC);
  }

  static ByteString unwrap(ByteString bytes) {
    if (!isOne(bytes)) {
      throw unreadable("it does not begin with the protobuf envelope");
    }
    try {
      CodedInputStream in = bytes.substring(MAGIC.size()).newCodedInput();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == RAW) {
          return in.readBytes();
        }
        in.skipField(tag);
      }
      return ByteString.EMPTY;
    } catch (IOException e) {
      throw unreadable(String.valueOf(e.getMessage()));
    }
  }

  static ApiException unreadable(String why) {
    return new ApiException(
        StatusReason.INTERNAL_ERROR, "the server's answer cannot be read: " + why);
  }
}
