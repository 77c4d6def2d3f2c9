/// The API server's core, put together: everything below the fronts.
@NullMarked
package io.kemudi.apiserver;

import org.jspecify.annotations.NullMarked;
