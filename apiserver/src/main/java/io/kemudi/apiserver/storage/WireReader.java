package io.kemudi.apiserver.storage;

import java.nio.charset.StandardCharsets;

/// Walks the fields of one protobuf message on its bytes, so that what selection needs of an object
/// is found without parsing it. Not thread-safe; made on the stack for one walk.
///
/// After [#next] answered true, [#field] is the field's number; [#start] to [#end] are its bytes
/// when it is length-delimited, [#varint] its value when it is a number.
final class WireReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private final byte[] bytes;
  private final int limit;
  private int position;
  private int tagStart;
  private int tag;
  private int start;
  private int end;
  private long varint;

  WireReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  WireReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.position = from;
    this.limit = to;
  }

  /// Moves to the next field; false at the end.
  ///
  /// @throws IllegalArgumentException when the bytes are not a protobuf message
  boolean next() {
    if (position >= limit) {
      return false;
    }
    tagStart = position;
    tag = (int) readVarint();
    switch (tag & 7) {
      case VARINT -> varint = readVarint();
      case FIXED64 -> skip(Long.BYTES);
      case LENGTH_DELIMITED -> skip(readVarint());
      case FIXED32 -> skip(Integer.BYTES);
      default -> throw new IllegalArgumentException("not a protobuf message: tag " + tag);
    }
    return true;
  }

  private void skip(long length) {
    if (length < 0 || length > limit - position) {
      throw new IllegalArgumentException("a protobuf field runs over its end");
    }
    start = position;
    position += (int) length;
    end = position;
  }

  private long readVarint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (position >= limit) {
        throw new IllegalArgumentException("a protobuf number runs over its end");
      }
      byte next = bytes[position++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a protobuf number is too long");
  }

  int field() {
    return tag >>> 3;
  }

  boolean isMessageOrText() {
    return (tag & 7) == LENGTH_DELIMITED;
  }

  boolean isNumber() {
    return (tag & 7) == VARINT;
  }

  /// Where the field's tag begins.
  int tagStart() {
    return tagStart;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  long varint() {
    return varint;
  }

  String text() {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  boolean textEquals(String other) {
    int length = end - start;
    if (other.length() != length) {
      // Only ASCII texts can be told by length; others take the slow way.
      return !isAscii(other) && text().equals(other);
    }
    for (int i = 0; i < length; i++) {
      byte b = bytes[start + i];
      if (b < 0) {
        return text().equals(other);
      }
      if (b != other.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  WireReader message() {
    return new WireReader(bytes, start, end);
  }
}
