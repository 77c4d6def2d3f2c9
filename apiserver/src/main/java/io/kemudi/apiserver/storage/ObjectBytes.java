package io.kemudi.apiserver.storage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What every Kubernetes object's message has in common, read and changed on its bytes: field 1 is
/// its ObjectMeta.
public final class ObjectBytes {
  private static final int METADATA = 1;

  /// Of `custom.CustomObject`.
  private static final int CONTENT = 2;

  private static final int RESOURCE_VERSION = 6;
  private static final int UID = 5;
  private static final int DELETION_TIMESTAMP = 9;
  private static final int LABELS = 11;
  private static final int OWNER_REFERENCES = 13;
  private static final int OWNER_UID = 4;
  private static final int FINALIZERS = 14;
  private static final byte METADATA_TAG = METADATA << 3 | 2;
  private static final byte RESOURCE_VERSION_TAG = RESOURCE_VERSION << 3 | 2;

  private ObjectBytes() {}

  /// The same message with `metadata.resourceVersion` set to `revision`, in the place where
  /// upstream's encoder has it, so that the bytes are those that upstream would send.
  public static byte[] withRevision(byte[] message, long revision) {
    return withResourceVersion(
        message, Long.toString(revision).getBytes(StandardCharsets.US_ASCII));
  }

  /// The same message with an empty `metadata.resourceVersion`, as it is stored.
  public static byte[] withoutRevision(byte[] message) {
    return withResourceVersion(message, new byte[0]);
  }

  private static byte[] withResourceVersion(byte[] message, byte[] version) {
    int metadataFrom = 0;
    int from = 0;
    int to = 0;
    WireReader fields = new WireReader(message);
    if (fields.next() && fields.field() == METADATA && fields.isMessageOrText()) {
      from = fields.start();
      to = fields.end();
    }
    int cutFrom = from;
    int cutTo = from;
    WireReader metadata = new WireReader(message, from, to);
    while (metadata.next() && metadata.field() <= RESOURCE_VERSION) {
      cutFrom = metadata.field() == RESOURCE_VERSION ? metadata.tagStart() : metadata.end();
      cutTo = metadata.end();
    }
    return splice(message, metadataFrom, from, cutFrom, cutTo, to, version);
  }

  private static byte[] splice(
      byte[] message, int tagFrom, int from, int cutFrom, int cutTo, int to, byte[] version) {
    int metadataLength = to - from - (cutTo - cutFrom) + 2 + version.length;
    int rest = message.length - to;
    byte[] out = new byte[tagFrom + 1 + varintSize(metadataLength) + metadataLength + rest];
    int at = 0;
    out[at++] = METADATA_TAG;
    at = putVarint(out, at, metadataLength);
    System.arraycopy(message, from, out, at, cutFrom - from);
    at += cutFrom - from;
    out[at++] = RESOURCE_VERSION_TAG;
    out[at++] = (byte) version.length;
    System.arraycopy(version, 0, out, at, version.length);
    at += version.length;
    System.arraycopy(message, cutTo, out, at, to - cutTo);
    at += to - cutTo;
    System.arraycopy(message, to, out, at, rest);
    return out;
  }

  static int varintSize(int value) {
    int size = 1;
    for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
      size++;
    }
    return size;
  }

  static int putVarint(byte[] out, int at, int value) {
    int rest = value;
    while (rest >>> 7 != 0) {
      out[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[at++] = (byte) rest;
    return at;
  }

  /// The part of the message that is its metadata, which is the message of PartialObjectMetadata.
  public static byte[] metadataOnly(byte[] message) {
    WireReader fields = new WireReader(message);
    while (fields.next()) {
      if (fields.field() == METADATA) {
        return Arrays.copyOfRange(message, fields.tagStart(), fields.end());
      }
    }
    return new byte[0];
  }

  /// The content of a custom object, as JSON; `{}` when it has none.
  public static byte[] content(byte[] message) {
    WireReader fields = new WireReader(message);
    while (fields.next()) {
      if (fields.field() == CONTENT) {
        return Arrays.copyOfRange(message, fields.start(), fields.end());
      }
    }
    return new byte[] {'{', '}'};
  }

  /// `metadata.labels`, in a map of its own.
  public static Map<String, String> labels(byte[] message) {
    Map<String, String> labels = new LinkedHashMap<>();
    WireReader metadata = metadata(message);
    while (metadata != null && metadata.next()) {
      if (metadata.field() == LABELS) {
        putEntry(metadata.message(), labels);
      }
    }
    return labels;
  }

  private static void putEntry(WireReader entry, Map<String, String> into) {
    String key = "";
    String value = "";
    while (entry.next()) {
      if (entry.field() == 1) {
        key = entry.text();
      } else if (entry.field() == 2) {
        value = entry.text();
      }
    }
    into.put(key, value);
  }

  /// `metadata.uid`, "" when it has none.
  public static String uid(byte[] message) {
    return metadataText(message, UID);
  }

  /// Whether the object is being deleted.
  public static boolean isDeleting(byte[] message) {
    WireReader metadata = metadata(message);
    while (metadata != null && metadata.next()) {
      if (metadata.field() == DELETION_TIMESTAMP) {
        return true;
      }
    }
    return false;
  }

  public static boolean hasFinalizers(byte[] message) {
    WireReader metadata = metadata(message);
    while (metadata != null && metadata.next()) {
      if (metadata.field() == FINALIZERS) {
        return true;
      }
    }
    return false;
  }

  /// The uids of the owners.
  public static List<String> owners(byte[] message) {
    List<String> owners = new ArrayList<>();
    WireReader metadata = metadata(message);
    while (metadata != null && metadata.next()) {
      if (metadata.field() == OWNER_REFERENCES) {
        WireReader reference = metadata.message();
        while (reference.next()) {
          if (reference.field() == OWNER_UID) {
            owners.add(reference.text());
          }
        }
      }
    }
    return owners;
  }

  private static String metadataText(byte[] message, int field) {
    WireReader metadata = metadata(message);
    String text = "";
    while (metadata != null && metadata.next()) {
      if (metadata.field() == field && metadata.isMessageOrText()) {
        text = metadata.text();
      }
    }
    return text;
  }

  private static @Nullable WireReader metadata(byte[] message) {
    WireReader fields = new WireReader(message);
    while (fields.next()) {
      if (fields.field() == METADATA) {
        return fields.message();
      }
    }
    return null;
  }
}
