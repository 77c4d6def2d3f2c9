package io.kemudi.apimachinery.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A message with its kind, as upstream stores it and sends it under
/// `application/vnd.kubernetes.protobuf`: the bytes `k8s\0`, then a `runtime.Unknown`.
///
/// @param raw the message's bytes; do not change
public record Envelope(String apiVersion, String kind, byte[] raw) {
  private static final byte[] MAGIC = {'k', '8', 's', 0};

  /// Unknown's fields: 1 TypeMeta, 2 raw, 3 content encoding, 4 content type.
  private static final byte[] NO_CONTENT_TYPE = {0x1a, 0, 0x22, 0};

  public static boolean isEnvelope(byte[] bytes) {
    return bytes.length >= MAGIC.length
        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  public byte[] toBytes() {
    return wrap(apiVersion, kind, raw);
  }

  public static byte[] wrap(String apiVersion, String kind, byte[] raw) {
    byte[] version = apiVersion.getBytes(StandardCharsets.UTF_8);
    byte[] name = kind.getBytes(StandardCharsets.UTF_8);
    var out = new WireOutput(raw.length + version.length + name.length + 32);
    out.raw(NO_CONTENT_TYPE);
    out.lengthDelimited(2 << 3 | 2, raw);
    int end = out.mark();
    out.lengthDelimited(2 << 3 | 2, name);
    out.lengthDelimited(1 << 3 | 2, version);
    out.closeMessage(1 << 3 | 2, end);
    out.raw(MAGIC);
    return out.toByteArray();
  }

  /// @throws CodecException when the bytes are not a whole envelope
  public static Envelope unwrap(byte[] bytes) {
    if (!isEnvelope(bytes)) {
      throw new CodecException(
          "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
    }
    var in = new WireInput(bytes, MAGIC.length, bytes.length, "runtime.Unknown");
    String apiVersion = "";
    String kind = "";
    byte[] raw = {};
    while (in.next()) {
      switch (in.tag()) {
        case 1 << 3 | 2 -> {
          var type = new WireInput(bytes, in.valueStart(), in.valueEnd(), "runtime.TypeMeta");
          while (type.next()) {
            switch (type.tag()) {
              case 1 << 3 | 2 -> apiVersion = type.text();
              case 2 << 3 | 2 -> kind = type.text();
              default -> {}
            }
          }
        }
        case 2 << 3 | 2 -> raw = Arrays.copyOfRange(bytes, in.valueStart(), in.valueEnd());
        case 3 << 3 | 2 -> {
          if (in.valueEnd() > in.valueStart()) {
            throw new CodecException("content encoding " + in.text() + " is not supported");
          }
        }
        default -> {}
      }
    }
    return new Envelope(apiVersion, kind, raw);
  }
}
