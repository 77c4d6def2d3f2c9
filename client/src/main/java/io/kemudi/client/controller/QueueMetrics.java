package io.kemudi.client.controller;

import java.time.Duration;

/// What a queue and its controller tell of themselves. Called under load on any thread: count, do
/// not block.
public interface QueueMetrics {
  QueueMetrics NONE =
      new QueueMetrics() {
        @Override
        public void added(int depth) {}

        @Override
        public void taken(int depth, Duration waited) {}

        @Override
        public void retried() {}

        @Override
        public void reconciled(Duration took, boolean failed) {}
      };

  /// A key joined the line, which is now `depth` long.
  void added(int depth);

  /// A key left the line after having `waited`.
  void taken(int depth, Duration waited);

  /// A key was put back with back-off.
  void retried();

  void reconciled(Duration took, boolean failed);
}
