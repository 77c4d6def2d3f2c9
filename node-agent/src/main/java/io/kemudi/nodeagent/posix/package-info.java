/// The few system calls that Java has no word for, through foreign functions.
@NullMarked
package io.kemudi.nodeagent.posix;

import org.jspecify.annotations.NullMarked;
