/// Local copies of resources that follow the server: Reflector, Informer, Lister.
@NullMarked
package io.kemudi.client.informer;

import org.jspecify.annotations.NullMarked;
