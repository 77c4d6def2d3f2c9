/// Replays recorded requests against a server and compares its replies with the recorded ones.
@NullMarked
package io.kemudi.simulation.replay;

import org.jspecify.annotations.NullMarked;
