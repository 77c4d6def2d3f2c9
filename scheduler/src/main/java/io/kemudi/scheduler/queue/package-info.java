/// Pods that wait for a node: active, backing off, or until something changes.
@NullMarked
package io.kemudi.scheduler.queue;

import org.jspecify.annotations.NullMarked;
