package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import java.util.Arrays;

/// Where the fields of protobuf messages lie, so that they can be read in another order than they
/// were written. An *entry* is one occurrence of a field: a range of bytes. Entries of one field
/// form a chain in the order of the bytes. A *frame* holds, for each slot of a message's type, the
/// ends of that chain. Frames and entries are stacks of ints that are reused: reading allocates
/// nothing.
///
/// A message that occurs more than once where one is meant is one chain, and a frame opened over
/// the whole chain merges its occurrences as protobuf prescribes. Not thread-safe.
final class WireIndex {
  private byte[] bytes = {};

  // Entry -> the range of its value, and the next entry of the same field or 0. Entry 0 is none.
  private int[] start = new int[256];
  private int[] end = new int[256];
  private int[] next = new int[256];
  private int entries;

  // Frames: first entries of all slots, then last entries of all slots.
  private int[] slots = new int[512];
  private int slotTop;
  private int depth;

  /// Forgets everything and makes the whole array one entry, which is returned.
  int reset(byte[] message) {
    bytes = message;
    entries = 1;
    slotTop = 0;
    depth = 0;
    return add(0, message.length);
  }

  byte[] bytes() {
    return bytes;
  }

  int start(int entry) {
    return start[entry];
  }

  int end(int entry) {
    return end[entry];
  }

  int next(int entry) {
    return next[entry];
  }

  /// The first entry of a slot, 0 when the field is absent.
  int first(int frame, int slot) {
    return slots[frame + slot];
  }

  /// The last entry of a slot: the one that counts for plain values.
  int last(int frame, int slot, MessageType type) {
    return slots[frame + type.fieldCount() + slot];
  }

  /// A mark to give to [#close(int, int)]: entries made after it are dropped.
  int mark() {
    return entries;
  }

  /// Indexes the message at `entry`, with `merged` together with the entries chained to it. Entry 0
  /// is an empty message.
  int open(MessageType type, int entry, boolean merged) {
    if (++depth > Json.MAX_DEPTH) {
      throw new CodecException("protobuf is nested more than " + Json.MAX_DEPTH + " deep");
    }
    int frame = slotTop;
    int fields = type.fieldCount();
    slotTop += 2 * fields;
    if (slotTop > slots.length) {
      slots = Arrays.copyOf(slots, Math.max(slotTop, slots.length * 2));
    }
    Arrays.fill(slots, frame, slotTop, 0);
    for (int part = entry; part != 0; part = merged ? next[part] : 0) {
      scan(type, start[part], end[part], frame, fields);
    }
    return frame;
  }

  void close(int frame, int mark) {
    slotTop = frame;
    entries = mark;
    depth--;
  }

  /// Drops the entries made since `mark`; frames stay.
  void dropTo(int mark) {
    entries = mark;
  }

  private int add(int from, int to) {
    if (entries == start.length) {
      int capacity = entries * 2;
      start = Arrays.copyOf(start, capacity);
      end = Arrays.copyOf(end, capacity);
      next = Arrays.copyOf(next, capacity);
    }
    start[entries] = from;
    end[entries] = to;
    next[entries] = 0;
    return entries++;
  }

  private void scan(MessageType type, int from, int to, int frame, int fields) {
    byte[] in = bytes;
    int at = from;
    while (at < to) {
      int tag = in[at++];
      if (tag < 0) {
        // Two bytes hold field numbers up to 2047; Kubernetes has none beyond, nor may it pass
        // here.
        if (at >= to || in[at] < 0) {
          throw broken(type, at, "field number too large");
        }
        tag = (tag & 0x7f) | in[at++] << 7;
      }
      int valueStart = at;
      switch (tag & 7) {
        case 0 -> {
          while (at < to && in[at] < 0) {
            at++;
          }
          at++;
          if (at - valueStart > 10) {
            throw broken(type, at, "number too long");
          }
        }
        case 1 -> at += 8;
        case 2 -> {
          int length = at < to ? in[at] : -1;
          at++;
          if (length < 0) {
            long wide = wideLength(type, valueStart, to);
            length = (int) wide;
            at = (int) (wide >>> 32);
          }
          valueStart = at;
          at += length;
        }
        case 5 -> at += 4;
        default -> throw broken(type, at, "wire type " + (tag & 7));
      }
      if (at > to || at < valueStart) {
        throw broken(type, valueStart, "cut short");
      }
      int slot = type.slot(tag >>> 3);
      if (slot >= 0) {
        FieldType field = type.field(slot);
        if (field.tag != tag) {
          throw broken(type, valueStart, "wire type " + (tag & 7) + " of " + field.jsonName);
        }
        int entry = add(valueStart, at);
        int lastSlot = frame + fields + slot;
        int before = slots[lastSlot];
        if (before == 0) {
          slots[frame + slot] = entry;
        } else {
          next[before] = entry;
        }
        slots[lastSlot] = entry;
      }
    }
  }

  /// A length of more than one byte, and above it the offset behind it.
  private long wideLength(MessageType type, int from, int to) {
    long length = 0;
    for (int at = from, shift = 0; at < to && shift < 35; at++, shift += 7) {
      length |= (long) (bytes[at] & 0x7f) << shift;
      if (bytes[at] >= 0) {
        if (length > to - at) {
          throw broken(type, from, "cut short");
        }
        return (long) (at + 1) << 32 | length;
      }
    }
    throw broken(type, from, "cut short");
  }

  /// Takes a map's entry apart: the entry of its key in the upper half, of its value in the lower.
  long keyAndValue(int entry, FieldType field) {
    int key = 0;
    int value = 0;
    var in = new WireInput(bytes, start[entry], end[entry], field.jsonName);
    while (in.next()) {
      switch (in.tag() >>> 3) {
        case 1 -> key = add(in.valueStart(), in.valueEnd());
        case 2 -> value = add(in.valueStart(), in.valueEnd());
        default -> {} // readers skip what they do not know
      }
    }
    return (long) key << 32 | value;
  }

  private static CodecException broken(MessageType type, int at, String why) {
    return new CodecException(
        "protobuf of " + type.name() + " is malformed at byte " + at + ": " + why);
  }

  /// The number of a varint entry, 0 of none.
  long varint(int entry) {
    if (entry == 0) {
      return 0;
    }
    long value = 0;
    int shift = 0;
    for (int at = start[entry]; at < end[entry]; at++, shift += 7) {
      value |= (long) (bytes[at] & 0x7f) << shift;
    }
    return value;
  }

  double fixed64(int entry) {
    if (entry == 0) {
      return 0;
    }
    long bits = 0;
    for (int at = end[entry] - 1; at >= start[entry]; at--) {
      bits = bits << 8 | bytes[at] & 0xff;
    }
    return Double.longBitsToDouble(bits);
  }

  boolean isEmpty(int entry) {
    return entry == 0 || start[entry] == end[entry];
  }

  String text(int entry) {
    return entry == 0 ? "" : Utf8.decode(bytes, start[entry], end[entry]);
  }

  /// Negative, zero or positive as the bytes of one entry sort before, equal or after another's.
  int compare(int a, int b) {
    int left = a == 0 ? 0 : start[a];
    int right = b == 0 ? 0 : start[b];
    return Arrays.compareUnsigned(
        bytes, left, a == 0 ? 0 : end[a], bytes, right, b == 0 ? 0 : end[b]);
  }
}
