package io.kemudi.scheduler;

import io.kemudi.scheduler.queue.QueuedPod;

/// A pod that counts on `node` already and is to be bound.
record Decided(QueuedPod queued, String node) {}
