/// Benchmarks: what an operation costs, as a ratio to the raw store in the same run.
@NullMarked
package io.kemudi.simulation.bench;

import org.jspecify.annotations.NullMarked;
