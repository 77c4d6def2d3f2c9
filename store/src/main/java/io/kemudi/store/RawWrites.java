package io.kemudi.store;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How fast a store is by itself: compare-and-set updates, each writer on a key of its own. What an
/// API server does in the same time on the same store is compared with this.
public final class RawWrites {
  private static final String PREFIX = "/kemudi.io/bench/raw/";

  /// `cpu` is of this whole process: of the store too when it is embedded, not when it is etcd.
  public record Result(
      long operations, Duration elapsed, Duration cpu, Duration p50, Duration p99) {
    public double operationsPerSecond() {
      return operations * 1e9 / elapsed.toNanos();
    }

    public Duration cpuPerOperation() {
      return operations == 0 ? Duration.ZERO : cpu.dividedBy(operations);
    }
  }

  private RawWrites() {}

  /// Lets `writers` virtual threads update values of `valueBytes` for `duration`, then removes
  /// them.
  public static Result measure(Store store, int valueBytes, int writers, Duration duration)
      throws InterruptedException {
    long cpuBeforeNs = processCpuNs();
    long beginNs = System.nanoTime();
    long endNs = beginNs + duration.toNanos();
    var latencies = new ArrayList<long[]>();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<long[]>>();
      for (int i = 0; i < writers; i++) {
        int writer = i;
        running.add(tasks.submit(() -> write(store, writer, valueBytes, endNs)));
      }
      for (Future<long[]> task : running) {
        latencies.add(task.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a raw write failed: " + e.getMessage(), e);
    } finally {
      for (int i = 0; i < writers; i++) {
        store.txn(Txn.builder().delete(PREFIX + i).build());
      }
    }
    Duration elapsed = Duration.ofNanos(System.nanoTime() - beginNs);
    return result(latencies, elapsed, Duration.ofNanos(processCpuNs() - cpuBeforeNs));
  }

  /// Updates one key until `endNs` and answers how long each update took.
  private static long[] write(Store store, int writer, int valueBytes, long endNs) {
    byte[] value = new byte[valueBytes];
    // Bytes that no compression makes smaller.
    new Random(writer).nextBytes(value);
    String key = PREFIX + writer;
    long revision = store.txn(Txn.builder().put(key, value).build()).revision();
    var latenciesNs = new long[1024];
    int count = 0;
    long nowNs = System.nanoTime();
    do { // at least once, however late the thread got its turn
      Txn txn = Txn.builder().ifModRevision(key, revision).put(key, value).build();
      if (!(store.txn(txn) instanceof TxnResult.Committed(long committed))) {
        throw new IllegalStateException("somebody else writes " + key);
      }
      revision = committed;
      long thenNs = nowNs;
      nowNs = System.nanoTime();
      if (count == latenciesNs.length) {
        latenciesNs = Arrays.copyOf(latenciesNs, count * 2);
      }
      latenciesNs[count++] = nowNs - thenNs;
    } while (nowNs < endNs);
    return Arrays.copyOf(latenciesNs, count);
  }

  private static Result result(Iterable<long[]> latencies, Duration elapsed, Duration cpu) {
    long[] all = {};
    for (long[] some : latencies) {
      int length = all.length;
      all = Arrays.copyOf(all, length + some.length);
      System.arraycopy(some, 0, all, length, some.length);
    }
    Arrays.sort(all);
    return new Result(all.length, elapsed, cpu, percentile(all, 50), percentile(all, 99));
  }

  private static Duration percentile(long[] sortedNs, int percent) {
    return sortedNs.length == 0
        ? Duration.ZERO
        : Duration.ofNanos(sortedNs[(int) ((sortedNs.length - 1L) * percent / 100)]);
  }

  private static long processCpuNs() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
