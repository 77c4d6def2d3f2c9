package io.kemudi.store.etcd;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kemudi.store.KeyValue;
import io.kemudi.store.Keys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Between our values and etcd's, copying no value: arrays are shared and never changed.
final class Wire {
  /// etcd's way to say: no end.
  private static final ByteString NO_END = ByteString.copyFrom(new byte[1]);

  private Wire() {}

  static ByteString key(String key) {
    return UnsafeByteOperations.unsafeWrap(key.getBytes(StandardCharsets.UTF_8));
  }

  static ByteString end(String end) {
    return end.equals(Keys.END) ? NO_END : key(end);
  }

  static ByteString value(byte[] value) {
    return UnsafeByteOperations.unsafeWrap(value);
  }

  static KeyValue pair(io.etcd.jetcd.api.KeyValue pair) {
    return new KeyValue(
        pair.getKey().toStringUtf8(),
        bytes(pair.getValue()),
        pair.getCreateRevision(),
        pair.getModRevision(),
        pair.getVersion(),
        pair.getLease());
  }

  /// The array inside a parsed byte string, which nobody else holds.
  static byte[] bytes(ByteString parsed) {
    var array = new Unwrap();
    try {
      UnsafeByteOperations.unsafeWriteTo(parsed, array);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return array.whole != null ? array.whole : parsed.toByteArray();
  }

  /// Takes the array when it is handed over whole; else [#whole] stays null.
  private static final class Unwrap extends ByteOutput {
    private byte @org.jspecify.annotations.Nullable [] whole;

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      if (offset == 0 && length == value.length) {
        whole = value;
      }
    }

    @Override
    public void write(byte value) {}

    @Override
    public void write(byte[] value, int offset, int length) {}

    @Override
    public void write(ByteBuffer value) {}

    @Override
    public void writeLazy(ByteBuffer value) {}
  }
}
