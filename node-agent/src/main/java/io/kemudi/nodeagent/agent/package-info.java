/// The node's agent: registration, heartbeat, and a worker for each of the node's pods.
@NullMarked
package io.kemudi.nodeagent.agent;

import org.jspecify.annotations.NullMarked;
