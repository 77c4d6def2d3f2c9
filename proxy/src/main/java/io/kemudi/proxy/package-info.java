/// Node-local network services: Services and their endpoints, as the node's packets see them.
@NullMarked
package io.kemudi.proxy;

import org.jspecify.annotations.NullMarked;
