/// Runs the controllers; one package each.
@NullMarked
package io.kemudi.controllermanager;

import org.jspecify.annotations.NullMarked;
