/// Cluster roles that gather the rules of others.
@NullMarked
package io.kemudi.controllermanager.clusterroleaggregation;

import org.jspecify.annotations.NullMarked;
