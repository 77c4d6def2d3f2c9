package io.kemudi.simulation.jmh;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.JsonOutput;
import io.kemudi.apimachinery.codec.JsonTranscoder;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.kubernetes.core.v1.Pod;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A pod of about 1.6 KB of JSON between its forms. Numbers are microseconds for one pod.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CodecBenchmark {
  private final MessageType type = Schema.message("core.v1.Pod");
  private final byte[] json = SamplePods.json("web-1").getBytes(StandardCharsets.UTF_8);
  private final Map<String, @Nullable Object> tree = Json.parseObject(json);
  private final byte[] protobuf = ProtobufCodec.encode(type, tree);
  private final JsonOutput out = new JsonOutput();

  @Benchmark
  public Object jsonToTree() {
    return Json.parseObject(json);
  }

  @Benchmark
  public byte[] treeToProtobuf() {
    return ProtobufCodec.encode(type, tree);
  }

  @Benchmark
  public Object protobufToTree() {
    return ProtobufCodec.decode(type, protobuf);
  }

  @Benchmark
  public Pod protobufToMessage() throws com.google.protobuf.InvalidProtocolBufferException {
    return Pod.parseFrom(protobuf);
  }

  /// What a list costs per item.
  @Benchmark
  public int protobufToJson() {
    out.clear();
    new JsonTranscoder(out).item(type, protobuf);
    return out.size();
  }
}
