/// Binds claims to volumes, and tells what became of volumes whose claims are gone.
@NullMarked
package io.kemudi.controllermanager.volumebinding;

import org.jspecify.annotations.NullMarked;
