/// The command line, and the all-in-one cluster that it starts.
@NullMarked
package io.kemudi.launcher;

import org.jspecify.annotations.NullMarked;
