/// Recounts what quotas allow and what is used of them.
@NullMarked
package io.kemudi.controllermanager.resourcequota;

import org.jspecify.annotations.NullMarked;
