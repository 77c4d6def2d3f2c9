package io.kemudi.apimachinery.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Puts the store's revision into an object without taking the object apart: one more field
/// `metadata { resourceVersion }` at the end of the bytes. Protobuf readers merge a message that
/// occurs twice, field by field, the last one winning. Holds for objects and for lists, whose
/// metadata is field 1 too and has its resourceVersion at [#IN_LIST].
public final class ResourceVersionSplice {
  private static final byte METADATA = 1 << 3 | 2;

  /// The tag of ObjectMeta.resourceVersion.
  private static final byte IN_OBJECT = 6 << 3 | 2;

  /// The tag of ListMeta.resourceVersion.
  private static final byte IN_LIST = 2 << 3 | 2;

  private ResourceVersionSplice() {}

  /// The bytes of an object (any kind, not a list) with its revision.
  public static byte[] splice(byte[] message, long revision) {
    return append(message, IN_OBJECT, revision);
  }

  /// The bytes of a list with its revision.
  public static byte[] spliceList(byte[] message, long revision) {
    return append(message, IN_LIST, revision);
  }

  private static byte[] append(byte[] message, byte tag, long revision) {
    byte[] digits = Long.toString(revision).getBytes(StandardCharsets.US_ASCII);
    int at = message.length;
    byte[] spliced = Arrays.copyOf(message, at + 4 + digits.length);
    spliced[at] = METADATA;
    spliced[at + 1] = (byte) (digits.length + 2); // at most 19 digits: one length byte
    spliced[at + 2] = tag;
    spliced[at + 3] = (byte) digits.length;
    System.arraycopy(digits, 0, spliced, at + 4, digits.length);
    return spliced;
  }
}
