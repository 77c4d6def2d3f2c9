/// One of several processes leads: elections on a Lease.
@NullMarked
package io.kemudi.client.leader;

import org.jspecify.annotations.NullMarked;
