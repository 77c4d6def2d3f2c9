package io.kemudi.simulation.jmh;

import io.kemudi.simulation.bench.SchedulingBench;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// One pod decided on 5,000 nodes, by its shape. Numbers are microseconds for one pod.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SchedulingCycleBenchmark {
  private static final int NODES = 5000;
  private static final int PODS = 1000;

  @Param private SchedulingBench.Shape shape = SchedulingBench.Shape.BASIC;

  private SchedulingBench bench = new SchedulingBench(shape, NODES, PODS);

  /// Pods wait in the queue of a scheduler that knows the nodes.
  @Setup(Level.Invocation)
  public void queue() {
    bench = new SchedulingBench(shape, NODES, PODS);
  }

  @Benchmark
  @OperationsPerInvocation(PODS)
  public int decide() {
    return bench.decideAll();
  }
}
