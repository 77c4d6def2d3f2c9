/// Lets volumes and claims go when nobody uses them any more.
@NullMarked
package io.kemudi.controllermanager.volumeprotection;

import org.jspecify.annotations.NullMarked;
