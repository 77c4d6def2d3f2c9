package io.kemudi.apiserver.storage;

import java.nio.charset.StandardCharsets;

/// Between the stored value of one resource and the bytes of its hub message (without a
/// resourceVersion). Pure; any thread.
public interface ValueForm {
  /// @throws IllegalArgumentException when the value is not an object of this resource
  byte[] toMessage(byte[] value);

  byte[] toValue(byte[] message);

  /// How built-in resources are stored: the message in upstream's envelope, `k8s` NUL and a
  /// `runtime.Unknown` of type and bytes.
  static ValueForm protobuf(String apiVersion, String kind) {
    return new Enveloped(apiVersion, kind);
  }

  /// See [#protobuf].
  final class Enveloped implements ValueForm {
    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int RAW = 2;
    private static final byte RAW_TAG = RAW << 3 | 2;

    /// Empty contentEncoding and contentType, which upstream writes always.
    private static final byte[] TAIL = {3 << 3 | 2, 0, 4 << 3 | 2, 0};

    private final byte[] head;

    Enveloped(String apiVersion, String kind) {
      byte[] version = apiVersion.getBytes(StandardCharsets.UTF_8);
      byte[] name = kind.getBytes(StandardCharsets.UTF_8);
      int typeMeta = 2 + version.length + 2 + name.length;
      head = new byte[MAGIC.length + 2 + typeMeta];
      System.arraycopy(MAGIC, 0, head, 0, MAGIC.length);
      int at = MAGIC.length;
      head[at++] = 1 << 3 | 2;
      head[at++] = (byte) typeMeta;
      at = text(at, 1, version);
      text(at, 2, name);
    }

    private int text(int at, int field, byte[] bytes) {
      head[at] = (byte) (field << 3 | 2);
      head[at + 1] = (byte) bytes.length;
      System.arraycopy(bytes, 0, head, at + 2, bytes.length);
      return at + 2 + bytes.length;
    }

    @Override
    public byte[] toMessage(byte[] value) {
      if (!isEnveloped(value)) {
        throw new IllegalArgumentException("the stored value is not in the k8s protobuf form");
      }
      WireReader unknown = new WireReader(value, MAGIC.length, value.length);
      while (unknown.next()) {
        if (unknown.field() == RAW) {
          return java.util.Arrays.copyOfRange(value, unknown.start(), unknown.end());
        }
      }
      return new byte[0];
    }

    @Override
    public byte[] toValue(byte[] message) {
      int size = head.length + 1 + ObjectBytes.varintSize(message.length) + message.length;
      byte[] value = new byte[size + TAIL.length];
      System.arraycopy(head, 0, value, 0, head.length);
      int at = head.length;
      value[at++] = RAW_TAG;
      at = ObjectBytes.putVarint(value, at, message.length);
      System.arraycopy(message, 0, value, at, message.length);
      System.arraycopy(TAIL, 0, value, size, TAIL.length);
      return value;
    }

    static boolean isEnveloped(byte[] value) {
      return value.length >= MAGIC.length
          && value[0] == 'k'
          && value[1] == '8'
          && value[2] == 's'
          && value[3] == 0;
    }
  }
}
