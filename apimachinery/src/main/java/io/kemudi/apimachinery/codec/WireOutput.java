package io.kemudi.apimachinery.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Protobuf bytes written from the last to the first, as upstream's generated code does: a
/// message's length is known when its tag is written, with no pass to measure. Not thread-safe.
final class WireOutput {
  private byte[] buffer;

  /// The first written byte; everything behind it is written.
  private int start;

  WireOutput(int capacity) {
    buffer = new byte[Math.max(capacity, 64)];
    start = buffer.length;
  }

  private void reserve(int more) {
    if (start < more) {
      int written = buffer.length - start;
      int capacity = Math.addExact(Math.max(buffer.length * 2, written), more);
      byte[] grown = new byte[capacity];
      System.arraycopy(buffer, start, grown, capacity - written, written);
      start = capacity - written;
      buffer = grown;
    }
  }

  byte[] toByteArray() {
    return Arrays.copyOfRange(buffer, start, buffer.length);
  }

  /// What is written so far; the difference of two marks is a length.
  int mark() {
    return buffer.length - start;
  }

  void raw(byte[] bytes) {
    raw(bytes, 0, bytes.length);
  }

  void raw(byte[] bytes, int from, int to) {
    reserve(to - from);
    start -= to - from;
    System.arraycopy(bytes, from, buffer, start, to - from);
  }

  void varint(long value) {
    reserve(10);
    int size = sizeOf(value);
    start -= size;
    int at = start;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      buffer[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[at] = (byte) rest;
  }

  static int sizeOf(long value) {
    return (63 - Long.numberOfLeadingZeros(value | 1)) / 7 + 1;
  }

  void varint(int tag, long value) {
    varint(value);
    varint(tag);
  }

  void fixed64(int tag, double value) {
    reserve(8);
    start -= 8;
    ByteBuffer.wrap(buffer, start, 8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value);
    varint(tag);
  }

  void lengthDelimited(int tag, byte[] bytes) {
    raw(bytes);
    varint(bytes.length);
    varint(tag);
  }

  /// Puts length and tag before what was written since `mark`.
  void closeMessage(int tag, int mark) {
    varint(mark() - mark);
    varint(tag);
  }
}
