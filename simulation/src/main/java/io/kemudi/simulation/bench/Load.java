package io.kemudi.simulation.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Runs an operation many times over several connections, each with a thread of its own, and counts
/// what it took.
final class Load {
  private final ApiEndpoint endpoint;
  private final int connections;

  /// One operation: the `index`-th of the run, on the given connection.
  @FunctionalInterface
  interface Operation {
    /// @return whether it was answered as it should
    boolean run(LoadConnection connection, int index) throws IOException;
  }

  Load(ApiEndpoint endpoint, int connections) {
    this.endpoint = endpoint;
    this.connections = connections;
  }

  Row run(String name, int operations, double rawPerSecond, Operation operation)
      throws IOException, InterruptedException {
    long[] tookNs = new long[operations];
    var next = new AtomicInteger();
    var failures = new AtomicLong();
    var open = new ArrayList<LoadConnection>();
    for (int i = 0; i < connections; i++) {
      open.add(new LoadConnection(endpoint));
    }
    Map<String, Double> before = ProcessCpu.usedMs(endpoint.processes());
    long beganNs = System.nanoTime();
    List<Thread> threads =
        open.stream()
            .map(c ->
                Thread.ofPlatform()
                    .start(() -> work(c, operations, next, failures, tookNs, operation)))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - beganNs) / 1e9;
    var cpu = new LinkedHashMap<String, Double>();
    ProcessCpu.usedMs(endpoint.processes())
        .forEach((process, ms) ->
            cpu.put(process, (ms - before.getOrDefault(process, ms)) / operations));
    for (LoadConnection connection : open) {
      connection.close();
    }
    Arrays.sort(tookNs);
    double perSecond = operations / seconds;
    return new Row(
        name,
        operations,
        perSecond,
        tookNs[operations / 2] / 1e6,
        tookNs[(int) (operations * 0.99)] / 1e6,
        rawPerSecond > 0 ? perSecond / rawPerSecond : 0,
        cpu,
        failures.get());
  }

  private static void work(
      LoadConnection connection,
      int operations,
      AtomicInteger next,
      AtomicLong failures,
      long[] tookNs,
      Operation operation) {
    for (int i = next.getAndIncrement(); i < operations; i = next.getAndIncrement()) {
      long beganNs = System.nanoTime();
      try {
        if (!operation.run(connection, i)) {
          failures.incrementAndGet();
        }
      } catch (IOException e) {
        failures.incrementAndGet();
        return; // the connection is of no more use
      } finally {
        tookNs[i] = System.nanoTime() - beganNs;
      }
    }
  }
}
