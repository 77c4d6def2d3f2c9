/// What objects take of a ResourceQuota, and the arithmetic of quotas. Shared by the admission that
/// charges and the controller that recounts, so that both always agree. Pure functions.
@NullMarked
package io.kemudi.apimachinery.quota;

import org.jspecify.annotations.NullMarked;
