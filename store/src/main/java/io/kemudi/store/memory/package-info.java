/// A store in the heap, for tests and simulations.
@NullMarked
package io.kemudi.store.memory;

import org.jspecify.annotations.NullMarked;
