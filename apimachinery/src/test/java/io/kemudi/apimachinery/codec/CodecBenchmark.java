package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.apply.FieldFilter;
import io.kemudi.apimachinery.apply.FieldWriter;
import io.kemudi.apimachinery.apply.ManagedFields;
import io.kemudi.apimachinery.apply.Topology;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How long one pod takes in each direction. Run its `main` with a number of seconds per case; it
/// is no test. Figures are only comparable within one run on one machine.
public final class CodecBenchmark {
  private static final MessageType POD = Schema.message("core.v1.Pod");

  private interface Case {
    int run();
  }

  private CodecBenchmark() {}

  public static void main(String[] args) {
    long seconds = args.length > 0 ? Long.parseLong(args[0]) : 3;
    for (String variant : new String[] {"min", "rich2", "rich"}) {
      RecordedObjects.Row row =
          RecordedObjects.all().stream()
              .filter(r -> r.name().equals("/v1/pods/" + variant))
              .findFirst()
              .orElseThrow();
      byte[] bytes = Envelope.unwrap(row.bytes("getProtobuf")).raw();
      Map<String, @Nullable Object> tree = row.get();
      byte[] json = Json.write(tree);
      System.out.printf(
          "pod %s: %d bytes of protobuf, %d of JSON%n", variant, bytes.length, json.length);
      var out = new JsonOutput(1 << 16);
      var transcoder = new JsonTranscoder(out);
      measure(
          "transcode protobuf to JSON",
          json.length,
          seconds,
          () -> {
            out.clear();
            transcoder.item(POD, bytes);
            return out.size();
          });
      measure(
          "decode protobuf to tree",
          json.length,
          seconds,
          () -> ProtobufCodec.decode(POD, bytes).size());
      measure(
          "encode tree to protobuf",
          json.length,
          seconds,
          () -> ProtobufCodec.encode(POD, tree).length);
      measure("parse JSON to tree", json.length, seconds, () -> Json.parseObject(json).size());
      measure("write tree as JSON", json.length, seconds, () -> Json.write(tree).length);
      var writer = new FieldWriter("m", "v1", "", Instant.EPOCH, FieldFilter.excluding("status"));
      measure(
          "own fields on create",
          json.length,
          seconds,
          () -> {
            var created = new LinkedHashMap<String, @Nullable Object>(tree);
            created.put(
                "metadata", new LinkedHashMap<String, @Nullable Object>(Map.of("name", "a")));
            ManagedFields.afterWrite(Topology.of(POD), null, created, writer);
            return created.size();
          });
      measure(
          "own fields on update",
          json.length,
          seconds,
          () -> {
            var updated = new LinkedHashMap<String, @Nullable Object>(tree);
            var metadata =
                new LinkedHashMap<String, @Nullable Object>(
                    Trees.object(tree.get("metadata"), "metadata"));
            metadata.put("labels", Map.of("a", "b"));
            updated.put("metadata", metadata);
            ManagedFields.afterWrite(Topology.of(POD), tree, updated, writer);
            return updated.size();
          });
    }
  }

  private static void measure(String name, int jsonBytes, long seconds, Case work) {
    long sum = 0;
    long best = Long.MAX_VALUE;
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      for (int i = 0; i < 1000; i++) {
        sum += work.run();
      }
      best = Math.min(best, (System.nanoTime() - start) / 1000);
    }
    System.out.printf(
        "  %-28s %7.2f us  %6.0f MB/s of JSON  (%d)%n",
        name, best / 1000.0, jsonBytes * 1000.0 / best, sum % 10);
  }
}
