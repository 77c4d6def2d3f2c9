/// What is where, ahead of the server: assumed pods.
@NullMarked
package io.kemudi.scheduler.cache;

import org.jspecify.annotations.NullMarked;
