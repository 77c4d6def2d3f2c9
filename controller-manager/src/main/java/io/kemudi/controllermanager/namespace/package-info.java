/// Empties a namespace that is being deleted, then lets it go.
@NullMarked
package io.kemudi.controllermanager.namespace;

import org.jspecify.annotations.NullMarked;
