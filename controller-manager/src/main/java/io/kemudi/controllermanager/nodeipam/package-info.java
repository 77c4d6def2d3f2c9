/// Gives each node its part of the pod range.
@NullMarked
package io.kemudi.controllermanager.nodeipam;

import org.jspecify.annotations.NullMarked;
