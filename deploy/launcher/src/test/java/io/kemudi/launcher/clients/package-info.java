/// Programs on published client libraries, run by `ClientsIT` in the network of a cluster.
@NullMarked
package io.kemudi.launcher.clients;

import org.jspecify.annotations.NullMarked;
