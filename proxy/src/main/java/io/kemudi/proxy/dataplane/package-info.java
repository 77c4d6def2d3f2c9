/// The means to make packets to a service's address reach one of its endpoints.
@NullMarked
package io.kemudi.proxy.dataplane;

import org.jspecify.annotations.NullMarked;
