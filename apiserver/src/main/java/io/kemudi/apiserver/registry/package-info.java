/// The one generic path to every resource: get, list, watch and all writes.
@NullMarked
package io.kemudi.apiserver.registry;

import org.jspecify.annotations.NullMarked;
