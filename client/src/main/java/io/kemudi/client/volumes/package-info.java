/// Which volume suits which claim: what the scheduler and the volume binder must agree on.
@NullMarked
package io.kemudi.client.volumes;

import org.jspecify.annotations.NullMarked;
