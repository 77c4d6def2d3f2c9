/// The whole cluster in one JVM, on hollow nodes: for tests, benchmarks and trying things out.
@NullMarked
package io.kemudi.simulation;

import org.jspecify.annotations.NullMarked;
