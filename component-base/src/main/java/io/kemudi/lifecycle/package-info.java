/// Start, readiness, drain and stop, the same for every part of the system.
@NullMarked
package io.kemudi.lifecycle;

import org.jspecify.annotations.NullMarked;
