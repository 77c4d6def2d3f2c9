/// What a pod's containers add up to: phase, conditions, QoS class, container statuses.
@NullMarked
package io.kemudi.nodeagent.status;

import org.jspecify.annotations.NullMarked;
