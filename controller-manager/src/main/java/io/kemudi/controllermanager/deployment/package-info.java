/// Rolls a Deployment from one ReplicaSet to the next.
@NullMarked
package io.kemudi.controllermanager.deployment;

import org.jspecify.annotations.NullMarked;
