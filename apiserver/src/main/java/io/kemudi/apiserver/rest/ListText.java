package io.kemudi.apiserver.rest;

import com.google.protobuf.CodedOutputStream;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.JsonOutput;
import io.kemudi.apimachinery.codec.JsonTranscoder;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.kubernetes.meta.v1.ListMeta;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// A list in the encodings of the API, written piece by piece: at no time is the whole text in
/// memory.
///
/// @param typed a list of a built-in kind, whose items show no `kind` and `apiVersion`
record ListText(
    String apiVersion,
    String kind,
    boolean typed,
    long revision,
    String continueToken,
    long remaining,
    List<StoredObject> items) {
  private static final int DRAIN_BYTES = 32 * 1024;

  /// The whole text will have about this many bytes.
  long estimatedBytes() {
    long bytes = 256;
    for (StoredObject item : items) {
      bytes += item.bytes().length;
    }
    return bytes;
  }

  void write(Representation how, OutputStream out) throws IOException {
    switch (how.encoding()) {
      case PROTOBUF -> writeProtobuf(out);
      case JSON -> {
        if (how.pretty()) {
          out.write(Json.indent(whole()));
          out.write('\n');
        } else {
          writeJson(out);
        }
      }
      case YAML -> out.write(YamlText.write(Json.parseObject(whole())));
    }
  }

  private byte[] whole() throws IOException {
    var text = new java.io.ByteArrayOutputStream();
    writeJson(text);
    return text.toByteArray();
  }

  private void writeJson(OutputStream out) throws IOException {
    JsonOutput json = new JsonOutput(DRAIN_BYTES + 8 * 1024);
    JsonTranscoder transcoder = new JsonTranscoder(json);
    json.ascii("{\"kind\":\"" + kind + "\",\"apiVersion\":\"" + apiVersion + "\",\"metadata\":{");
    if (revision > 0) {
      json.ascii("\"resourceVersion\":\"" + revision + "\"");
    }
    // a list of custom objects says that it is whole; one of partial objects is silent, as a
    // built-in
    boolean partial = kind.equals("PartialObjectMetadataList");
    if (!continueToken.isEmpty() || !typed && !partial) {
      json.ascii(revision > 0 ? ",\"continue\":" : "\"continue\":");
      json.string(continueToken);
    }
    if (remaining >= 0) {
      json.ascii(",\"remainingItemCount\":");
      json.number(remaining);
    }
    // upstream's list of partial objects is a Go slice that nobody initialised
    if (items.isEmpty() && partial) {
      json.ascii("},\"items\":null}\n");
      json.drainTo(out);
      return;
    }
    json.ascii("},\"items\":[");
    boolean first = true;
    for (StoredObject item : items) {
      if (!first) {
        json.raw(',');
      }
      first = false;
      ObjectText.item(item, typed, transcoder, json);
      if (json.size() > DRAIN_BYTES) {
        json.drainTo(out);
      }
    }
    json.ascii("]}\n");
    json.drainTo(out);
  }

  /// A `runtime.Unknown` around the list message: its length is counted first, then all is written
  /// through.
  private void writeProtobuf(OutputStream out) throws IOException {
    ListMeta.Builder meta =
        ListMeta.newBuilder()
            .setSelfLink("")
            .setResourceVersion(revision > 0 ? Long.toString(revision) : "")
            .setContinue(continueToken);
    if (remaining >= 0) {
      meta.setRemainingItemCount(remaining);
    }
    byte[] metaBytes = meta.build().toByteArray();
    long raw = fieldBytes(metaBytes.length);
    for (StoredObject item : items) {
      if (item.form().isCustom()) {
        throw ObjectText.noProtobuf();
      }
      raw += fieldBytes(item.bytes().length);
    }
    byte[] head = Envelope.wrap(apiVersion, kind, new byte[0]);
    // the envelope of nothing ends in: tag and length 0 of raw, two empty content fields
    int end = head.length - 6;
    out.write(head, 0, end);
    CodedOutputStream coded = CodedOutputStream.newInstance(out, DRAIN_BYTES);
    coded.writeTag(2, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
    coded.writeUInt64NoTag(raw);
    coded.writeByteArray(1, metaBytes);
    for (StoredObject item : items) {
      coded.writeByteArray(2, item.bytes());
    }
    coded.writeString(3, "");
    coded.writeString(4, "");
    coded.flush();
  }

  private static long fieldBytes(int length) {
    return 1L + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
  }
}
