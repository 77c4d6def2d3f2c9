package io.kemudi.apiserver.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Between the requests and a writer that may be slow: a bounded queue, and one thread that writes
/// in batches. When it is full, events are dropped, counted and told of in the server's log:
/// requests never wait for the audit. [#close] writes what is queued, some seconds at most.
public final class AuditQueue implements AuditSink {
  private static final Logger log = LoggerFactory.getLogger(AuditQueue.class);

  /// Upstream's size of the queue.
  private static final int CAPACITY = 10_000;

  private static final long CLOSE_MS = 5_000;
  private static final long IDLE_MS = 200;

  /// Where batches end up. Called by one thread; may block for a limited time.
  public interface Writer {
    /// For the server's log.
    String name();

    void write(List<byte[]> events) throws IOException;
  }

  private final Writer writer;
  private final int batch;
  private final long waitMs;
  private final BlockingQueue<byte[]> queue;
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  /// @param batch events written at once, at most
  /// @param waitMs how long a batch may wait to become full
  public AuditQueue(Writer writer, int batch, long waitMs) {
    this(writer, batch, waitMs, CAPACITY);
  }

  AuditQueue(Writer writer, int batch, long waitMs, int capacity) {
    this.writer = writer;
    this.batch = batch;
    this.waitMs = waitMs;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.thread = Thread.ofVirtual().name("audit").start(this::run);
  }

  @Override
  public void record(byte[] event) {
    if (closed || !queue.offer(event)) {
      dropped.incrementAndGet();
    }
  }

  /// How many events were lost since the start.
  long dropped() {
    return dropped.get();
  }

  private void run() {
    long told = 0;
    try {
      while (!closed || !queue.isEmpty()) {
        byte[] first = queue.poll(IDLE_MS, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        List<byte[]> events = new ArrayList<>();
        events.add(first);
        fill(events);
        write(events);
        long lost = dropped.get();
        if (lost > told) {
          log.error("{} audit events were dropped: {} is too slow", lost - told, writer.name());
          told = lost;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void fill(List<byte[]> events) throws InterruptedException {
    long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
    queue.drainTo(events, batch - events.size());
    while (events.size() < batch && !closed) {
      long leftNs = endNs - System.nanoTime();
      byte[] next =
          leftNs <= 0
              ? null
              : queue.poll(Math.min(leftNs, IDLE_MS * 1_000_000), TimeUnit.NANOSECONDS);
      if (next != null) {
        events.add(next);
      } else if (leftNs <= 0) {
        return;
      }
    }
  }

  private void write(List<byte[]> events) {
    try {
      writer.write(events);
    } catch (IOException | RuntimeException e) {
      log.error("{} audit events were lost: {}: {}", events.size(), writer.name(), e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(CLOSE_MS);
      thread.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
