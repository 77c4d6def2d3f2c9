/// Mutation fuzzing for the tests of decoders.
@NullMarked
package io.kemudi.fuzz;

import org.jspecify.annotations.NullMarked;
