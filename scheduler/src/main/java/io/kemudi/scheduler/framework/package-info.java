/// The points at which plugins take part, and what they see: the pod and the snapshot of all nodes.
@NullMarked
package io.kemudi.scheduler.framework;

import org.jspecify.annotations.NullMarked;
