/// Micro-benchmarks (JMH) of what every request, event and pod passes through.
@NullMarked
package io.kemudi.simulation.jmh;

import org.jspecify.annotations.NullMarked;
