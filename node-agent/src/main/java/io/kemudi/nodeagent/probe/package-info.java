/// Startup, readiness and liveness: how to ask a container, and what the answers add up to.
@NullMarked
package io.kemudi.nodeagent.probe;

import org.jspecify.annotations.NullMarked;
