/// From Services and EndpointSlices to what the dataplane shall do. Pure.
@NullMarked
package io.kemudi.proxy.tracker;

import org.jspecify.annotations.NullMarked;
