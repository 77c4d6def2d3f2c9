package io.kemudi.simulation.jmh;

import io.kemudi.apiserver.ApiCore;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.ListOptions;
import io.kemudi.apiserver.registry.ObjectWatch;
import io.kemudi.apiserver.registry.Patch;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.WatchOptions;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// The watch cache without any front, on a store in memory: one write seen by all of many watchers,
/// and a list of 1,000 pods.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WatchCacheBenchmark {
  private static final int PODS = 1000;

  @Param({"1", "1000"})
  private int watchers;

  private final SystemTimers timers = new SystemTimers();
  private final MemoryStore store = new MemoryStore(timers);
  private final ApiCore core = new ApiCore(store, ApiCoreConfig.DEFAULT, timers);
  private final Registry registry = core.registry();
  private final RequestContext context = RequestContext.loopback();
  private final List<ObjectWatch> watches = new ArrayList<>();
  private Target pods = target("");
  private int round;

  @Setup
  public void fill() {
    core.start();
    pods = target("");
    registry.create(
        context,
        Target.collection(registry.resources().need("", "v1", "serviceaccounts"), "default"),
        Body.json(utf8("{\"metadata\":{\"name\":\"default\"}}")),
        WriteOptions.NONE);
    for (int i = 0; i < PODS; i++) {
      registry.create(
          context, pods, Body.json(utf8(SamplePods.json("pod-" + i))), WriteOptions.NONE);
    }
    String now = Long.toString(registry.list(context, pods, ListOptions.ALL).revision());
    for (int i = 0; i < watchers; i++) {
      watches.add(registry.watch(context, pods, WatchOptions.after(now)));
    }
  }

  private Target target(String name) {
    return Target.object(registry.resources().need("", "v1", "pods"), "default", name);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// A patch, until the last watcher has its event.
  @Benchmark
  public int writeToAllWatchers() {
    var patch =
        new Patch(
            Patch.Type.MERGE,
            utf8("{\"metadata\":{\"annotations\":{\"round\":\"" + round++ + "\"}}}"),
            false);
    registry.patch(context, pods.named("pod-1"), patch, WriteOptions.NONE);
    int events = 0;
    for (ObjectWatch watch : watches) {
      int got = 0;
      while (got == 0) {
        got = watch.poll().size(); // the feed is at most some microseconds behind
        if (got == 0) {
          Thread.onSpinWait();
        }
      }
      events += got;
    }
    return events;
  }

  /// All pods, as the cache hands them to a front.
  @Benchmark
  public long list() {
    long bytes = 0;
    for (StoredObject pod : registry.list(context, pods, ListOptions.ALL.at("0", ""))) {
      bytes += pod.bytes().length;
    }
    return bytes;
  }

  @TearDown
  public void close() {
    watches.forEach(ObjectWatch::close);
    core.close();
    store.close();
    timers.close();
  }
}
