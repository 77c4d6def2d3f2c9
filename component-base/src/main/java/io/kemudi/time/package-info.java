/// Time as a parameter: clocks and timers that a test or a simulation can hold in its hands.
@NullMarked
package io.kemudi.time;

import org.jspecify.annotations.NullMarked;
