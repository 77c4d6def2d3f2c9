package io.kemudi.apimachinery.codec;

/// A cursor over the fields of one protobuf message. Throws [CodecException] on bytes that are cut
/// short or malformed. Not thread-safe.
final class WireInput {
  private final byte[] bytes;
  private final int end;
  private final String what;
  private int at;
  private int tag;
  private long number;
  private int valueStart;

  WireInput(byte[] bytes, int from, int to, String what) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.what = what;
  }

  /// Moves to the next field; false at the end.
  boolean next() {
    if (at >= end) {
      return false;
    }
    tag = (int) varint();
    switch (tag & 7) {
      case 0 -> {
        valueStart = at;
        number = varint();
      }
      case 1 -> fixed(8);
      case 2 -> {
        long length = varint();
        if (length < 0 || length > end - at) {
          throw broken("field " + (tag >>> 3) + " is longer than its message");
        }
        valueStart = at;
        at += (int) length;
      }
      case 5 -> fixed(4);
      default -> throw broken("wire type " + (tag & 7) + " of field " + (tag >>> 3));
    }
    return true;
  }

  private void fixed(int size) {
    if (end - at < size) {
      throw broken("cut short");
    }
    valueStart = at;
    at += size;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw broken("cut short");
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken("number too long");
  }

  private CodecException broken(String why) {
    return new CodecException("protobuf of " + what + " is malformed at byte " + at + ": " + why);
  }

  int tag() {
    return tag;
  }

  /// The value of a varint field.
  long number() {
    return number;
  }

  int valueStart() {
    return valueStart;
  }

  int valueEnd() {
    return at;
  }

  String text() {
    return Utf8.decode(bytes, valueStart, at);
  }
}
