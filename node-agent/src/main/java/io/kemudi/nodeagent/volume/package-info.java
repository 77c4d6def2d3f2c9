/// A pod's volumes as directories on the node, kept up to date by atomic swaps.
@NullMarked
package io.kemudi.nodeagent.volume;

import org.jspecify.annotations.NullMarked;
