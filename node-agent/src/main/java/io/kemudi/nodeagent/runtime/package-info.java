/// The seam to container runtimes: CRI itself, spoken to a socket or played by a hollow twin.
@NullMarked
package io.kemudi.nodeagent.runtime;

import org.jspecify.annotations.NullMarked;
